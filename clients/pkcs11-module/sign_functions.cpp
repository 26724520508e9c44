// PKCS#11 2.40 §5.11: signatures. The agent asks the person, in C_Sign or C_SignFinal; other threads go on meanwhile.
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/signature.h"

using namespace sceau::pkcs11_module;

namespace {

using sceau::base::BytesView;

// What is left to do when the lock is let go: none when the answer is known.
using Pending = std::optional<SignatureRequest>;

// A program asks again faster than that by itself, a person who has thought better of it does not.
constexpr std::chrono::seconds kNoMeansNo{1};

CK_RV finish(const Module& module, Session& session, Pending& pending)
{
    auto request = session.signing->finish();
    session.signing.reset();
    if (!request)
        return request.error();
    if (module.refusal && module.refusal->request.asks_for_the_same_as(*request) &&
        std::chrono::steady_clock::now() < module.refusal->until)
        return CKR_FUNCTION_CANCELED;
    pending = *std::move(request);
    return CKR_OK;
}

CK_RV ask(const SignatureRequest& request, CK_BYTE* room, CK_ULONG* size)
{
    return guarded([&] {
        const auto signature = signature_from_agent(request);
        if (signature)
            return give(*signature, room, size);
        if (signature.error() == CKR_FUNCTION_CANCELED)
            with_module([&](Module& module) {
                module.refusal = {.request = request, .until = std::chrono::steady_clock::now() + kNoMeansNo};
                return CKR_OK;
            });
        return signature.error();
    });
}

CK_RV begin(Session& session, const Slot& slot, const CK_MECHANISM& mechanism, CK_OBJECT_HANDLE handle)
{
    auto key = private_key(slot, handle);
    if (!key)
        return key.error();
    auto operation = SigningOperation::begin(*std::move(key), mechanism);
    if (!operation)
        return operation.error();
    session.signing = *std::move(operation);
    return CKR_OK;
}

} // namespace

CK_RV C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return with_session(handle, [&](Session& session, Slot& slot) {
        if (!is_mechanism(mechanism))
            return CKR_ARGUMENTS_BAD;
        return session.signing ? CKR_OPERATION_ACTIVE : begin(session, slot, *mechanism, key);
    });
}

CK_RV C_Sign(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG* size)
{
    Pending pending;
    const CK_RV answer = with_session(handle, [&](Module& module, Session& session, Slot&) {
        if (size == nullptr || !is_input(data, data_size))
            return CKR_ARGUMENTS_BAD;
        if (!is_single_part(session.signing))
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        if (!has_room(session.signing->signature_size(), signature, size, known))
            return known;
        const CK_RV added = add(session.signing, BytesView(data, data_size));
        return added == CKR_OK ? finish(module, session, pending) : added;
    });
    return pending ? ask(*pending, signature, size) : answer;
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(part, part_size))
            return CKR_ARGUMENTS_BAD;
        return session.signing ? add(session.signing, BytesView(part, part_size)) : CKR_OPERATION_NOT_INITIALIZED;
    });
}

CK_RV C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG* size)
{
    Pending pending;
    const CK_RV answer = with_session(handle, [&](Module& module, Session& session, Slot&) {
        if (size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!session.signing)
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        return has_room(session.signing->signature_size(), signature, size, known) ? finish(module, session, pending)
                                                                                   : known;
    });
    return pending ? ask(*pending, signature, size) : answer;
}
