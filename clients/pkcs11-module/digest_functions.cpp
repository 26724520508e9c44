// PKCS#11 2.40 §5.10 and §5.16: digests and random numbers, OpenSSL's.
#include "clients/pkcs11-module/module.h"

#include <openssl/rand.h>

using namespace sceau::pkcs11_module;

namespace {

using sceau::base::BytesView;

CK_RV finish(Session& session, CK_BYTE* room, CK_ULONG* size)
{
    const auto digest = std::exchange(session.digesting, std::nullopt)->finish();
    return digest ? give(*digest, room, size) : digest.error();
}

} // namespace

CK_RV C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_mechanism(mechanism))
            return CKR_ARGUMENTS_BAD;
        if (session.digesting)
            return CKR_OPERATION_ACTIVE;
        auto operation = DigestOperation::begin(*mechanism);
        if (!operation)
            return operation.error();
        session.digesting = *std::move(operation);
        return CKR_OK;
    });
}

CK_RV C_Digest(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* digest, CK_ULONG* size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(data, data_size) || size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!is_single_part(session.digesting))
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        if (!has_room(session.digesting->digest_size(), digest, size, known))
            return known;
        const CK_RV added = add(session.digesting, BytesView(data, data_size));
        return added == CKR_OK ? finish(session, digest, size) : added;
    });
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(part, part_size))
            return CKR_ARGUMENTS_BAD;
        return session.digesting ? add(session.digesting, BytesView(part, part_size)) : CKR_OPERATION_NOT_INITIALIZED;
    });
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE handle, CK_BYTE* digest, CK_ULONG* size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!session.digesting)
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        return has_room(session.digesting->digest_size(), digest, size, known) ? finish(session, digest, size) : known;
    });
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE* random, CK_ULONG size)
{
    return with_session(handle, [&](Session&, Slot&) {
        if (!is_input(random, size))
            return CKR_ARGUMENTS_BAD;
        const sceau::mail::cms::QuietErrors quiet;
        return size == 0 || RAND_bytes_ex(library_context(), random, size, 0) == 1 ? CKR_OK : CKR_FUNCTION_FAILED;
    });
}
