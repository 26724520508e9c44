// PKCS#11 2.40 §5.11: signatures. The agent asks the person during C_Sign or C_SignFinal, while other threads go on.
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/signature.h"

namespace sceau::pkcs11_module {

namespace {

// A program that asks again by itself does so within this time; a person who has changed their mind takes longer.
constexpr std::chrono::seconds kSignatureStaysRefused{1};

Answer<> check_not_just_refused(const Module& module, const SignatureRequest& request)
{
    const auto& refusal = module.refusal;
    if (refusal && refusal->request.asks_for_the_same_as(request) && std::chrono::steady_clock::now() < refusal->until)
        return std::unexpected(CKR_FUNCTION_CANCELED);
    return {};
}

void note_refused(const SignatureRequest& request)
{
    if (Answer<InModule> in = in_module())
        in->module.refusal = {.request = request, .until = std::chrono::steady_clock::now() + kSignatureStaysRefused};
}

/// Asks the person. The operation is destroyed before that, since its OpenSSL objects must be freed under the lock.
Answer<> finish_by_asking(InSession in, CK_BYTE* room, CK_ULONG* size)
{
    TRY_ASSIGN(const SignatureRequest request, taken(in.session.signing).finish());
    TRY(check_not_just_refused(in.module, request));
    in.unlock();
    const Answer<base::Bytes> signature = signature_from_agent(request);
    if (signature)
        return give(*signature, room, size);
    if (signature.error() == CKR_FUNCTION_CANCELED)
        note_refused(request);
    return std::unexpected(signature.error());
}

Answer<> sign_init(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_mechanism(mechanism))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (in.session.signing)
        return std::unexpected(CKR_OPERATION_ACTIVE);
    TRY_ASSIGN(auto with, private_key(in.slot, key));
    TRY_ASSIGN(in.session.signing, SigningOperation::begin(std::move(with), *mechanism));
    return {};
}

Answer<> sign(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr || !is_input(data, data_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_single_part(in.session.signing));
    TRY(room_for(in.session.signing->signature_size(), signature, size));
    TRY(add_part(in.session.signing, {data, data_size}));
    return finish_by_asking(std::move(in), signature, size);
}

Answer<> sign_update(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(part, part_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return add_part(in.session.signing, {part, part_size});
}

Answer<> sign_final(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.signing));
    TRY(room_for(in.session.signing->signature_size(), signature, size));
    return finish_by_asking(std::move(in), signature, size);
}

} // namespace

extern "C" {

CK_RV C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return at_edge(sign_init, handle, mechanism, key);
}

CK_RV C_Sign(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG* size)
{
    return at_edge(sign, handle, data, data_size, signature, size);
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return at_edge(sign_update, handle, part, part_size);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG* size)
{
    return at_edge(sign_final, handle, signature, size);
}

} // extern "C"

} // namespace sceau::pkcs11_module
