// PKCS#11 2.40 §5.8 and §5.12: encryption and verification, with the public key alone.
#include "clients/pkcs11-module/module.h"

namespace sceau::pkcs11_module {

namespace {

/// Begins an operation with a key of the token's.
template <class Operation>
Answer<> begin_with_key(std::optional<Operation>& operation, const Slot& slot, const CK_MECHANISM* mechanism,
                        CK_OBJECT_HANDLE handle)
{
    if (!is_mechanism(mechanism))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (operation)
        return std::unexpected(CKR_OPERATION_ACTIVE);
    const Object* key = slot.find(handle);
    if (key == nullptr)
        return std::unexpected(CKR_KEY_HANDLE_INVALID);
    TRY_ASSIGN(operation, Operation::begin(*key, *mechanism));
    return {};
}

Answer<> verify_init(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    return begin_with_key(in.session.verifying, in.slot, mechanism, key);
}

Answer<> verify(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(data, data_size) || !is_input(signature, size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_single_part(in.session.verifying));
    TRY(add_part(in.session.verifying, {data, data_size}));
    return taken(in.session.verifying).verify({signature, size});
}

Answer<> verify_update(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(part, part_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return add_part(in.session.verifying, {part, part_size});
}

Answer<> verify_final(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(signature, size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.verifying));
    return taken(in.session.verifying).verify({signature, size});
}

Answer<> encrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    return begin_with_key(in.session.encrypting, in.slot, mechanism, key);
}

Answer<> encrypt(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(data, data_size) || size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_single_part(in.session.encrypting));
    TRY(room_for(in.session.encrypting->ciphertext_size(), encrypted, size));
    TRY(add_part(in.session.encrypting, {data, data_size}));
    TRY_ASSIGN(const base::Bytes ciphertext, taken(in.session.encrypting).finish());
    return give(ciphertext, encrypted, size);
}

// An RSA operation has one block, which comes with the last part. Without a buffer, the call only asks for the length.
Answer<> encrypt_update(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(part, part_size) || size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.encrypting));
    *size = 0;
    if (encrypted == nullptr)
        return {};
    return add_part(in.session.encrypting, {part, part_size});
}

Answer<> encrypt_final(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.encrypting));
    TRY(room_for(in.session.encrypting->ciphertext_size(), encrypted, size));
    TRY_ASSIGN(const base::Bytes ciphertext, taken(in.session.encrypting).finish());
    return give(ciphertext, encrypted, size);
}

} // namespace

extern "C" {

CK_RV C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return at_edge(verify_init, handle, mechanism, key);
}

CK_RV C_Verify(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG size)
{
    return at_edge(verify, handle, data, data_size, signature, size);
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return at_edge(verify_update, handle, part, part_size);
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG size)
{
    return at_edge(verify_final, handle, signature, size);
}

CK_RV C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return at_edge(encrypt_init, handle, mechanism, key);
}

CK_RV C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    return at_edge(encrypt, handle, data, data_size, encrypted, size);
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    return at_edge(encrypt_update, handle, part, part_size, encrypted, size);
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG* size)
{
    return at_edge(encrypt_final, handle, encrypted, size);
}

} // extern "C"

} // namespace sceau::pkcs11_module
