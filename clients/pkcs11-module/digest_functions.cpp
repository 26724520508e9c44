// PKCS#11 2.40 §5.10 and §5.16: digests and random numbers from OpenSSL.
#include "clients/pkcs11-module/module.h"

#include <openssl/rand.h>

namespace sceau::pkcs11_module {

namespace {

Answer<> digest_init(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_mechanism(mechanism))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (in.session.digesting)
        return std::unexpected(CKR_OPERATION_ACTIVE);
    TRY_ASSIGN(in.session.digesting, DigestOperation::begin(*mechanism));
    return {};
}

Answer<> digest(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* room, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(data, data_size) || size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_single_part(in.session.digesting));
    TRY(room_for(in.session.digesting->digest_size(), room, size));
    TRY(add_part(in.session.digesting, {data, data_size}));
    TRY_ASSIGN(const base::Bytes digest, taken(in.session.digesting).finish());
    return give(digest, room, size);
}

Answer<> digest_update(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(part, part_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return add_part(in.session.digesting, {part, part_size});
}

Answer<> digest_final(CK_SESSION_HANDLE handle, CK_BYTE* room, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.digesting));
    TRY(room_for(in.session.digesting->digest_size(), room, size));
    TRY_ASSIGN(const base::Bytes digest, taken(in.session.digesting).finish());
    return give(digest, room, size);
}

Answer<> generate_random(CK_SESSION_HANDLE handle, CK_BYTE* random, CK_ULONG size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(random, size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    const base::QuietErrors quiet;
    if (size != 0 && RAND_bytes_ex(library_context(), random, size, 0) != 1)
        return std::unexpected(CKR_FUNCTION_FAILED);
    return {};
}

} // namespace

extern "C" {

CK_RV C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism)
{
    return at_edge(digest_init, handle, mechanism);
}

CK_RV C_Digest(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* room, CK_ULONG* size)
{
    return at_edge(digest, handle, data, data_size, room, size);
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return at_edge(digest_update, handle, part, part_size);
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE handle, CK_BYTE* room, CK_ULONG* size)
{
    return at_edge(digest_final, handle, room, size);
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE* random, CK_ULONG size)
{
    return at_edge(generate_random, handle, random, size);
}

} // extern "C"

} // namespace sceau::pkcs11_module
