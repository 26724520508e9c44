// The functions that the module does not support. As the standard requires, mistakes of the caller get their own codes
// first.
#include "clients/pkcs11-module/module.h"

namespace sceau::pkcs11_module {

namespace {

Answer<> refusal(CK_SESSION_HANDLE handle, bool arguments_are_good, CK_RV answer)
{
    TRY(in_session(handle));
    return std::unexpected(arguments_are_good ? answer : CKR_ARGUMENTS_BAD);
}

Answer<> refusal_of_key(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE key, bool arguments_are_good)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!arguments_are_good)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return std::unexpected(in.slot.find(key) == nullptr ? CKR_KEY_HANDLE_INVALID : CKR_FUNCTION_NOT_SUPPORTED);
}

Answer<> refusal_of_token(CK_SLOT_ID id, bool arguments_are_good)
{
    TRY(in_token(id));
    return std::unexpected(arguments_are_good ? CKR_TOKEN_WRITE_PROTECTED : CKR_ARGUMENTS_BAD);
}

CK_RV refuse(CK_SESSION_HANDLE handle, bool arguments_are_good, CK_RV answer = CKR_FUNCTION_NOT_SUPPORTED)
{
    return at_edge(refusal, handle, arguments_are_good, answer);
}

CK_RV refuse_key(CK_SESSION_HANDLE handle, const CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                 bool arguments_are_good = true)
{
    return at_edge(refusal_of_key, handle, key, is_mechanism(mechanism) && arguments_are_good);
}

// Refuses a function that works from one buffer to another, in an operation that can never begin.
CK_RV refuse_data(CK_SESSION_HANDLE handle, const CK_BYTE* data, CK_ULONG data_size, const CK_ULONG* result_size)
{
    return refuse(handle, is_input(data, data_size) && result_size != nullptr);
}

} // namespace

extern "C" {

// --- tokens, PINs and states ---

CK_RV C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR* pin, CK_ULONG pin_size, CK_UTF8CHAR* label)
{
    return at_edge(refusal_of_token, id, is_input(pin, pin_size) && label != nullptr);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR* pin, CK_ULONG pin_size)
{
    return refuse(handle, is_input(pin, pin_size), CKR_TOKEN_WRITE_PROTECTED);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR* old_pin, CK_ULONG old_size, CK_UTF8CHAR* new_pin,
               CK_ULONG new_size)
{
    return refuse(handle, is_input(old_pin, old_size) && is_input(new_pin, new_size), CKR_TOKEN_WRITE_PROTECTED);
}

CK_RV C_GetOperationState(CK_SESSION_HANDLE handle, CK_BYTE* /*state*/, CK_ULONG* size)
{
    return refuse(handle, size != nullptr);
}

CK_RV C_SetOperationState(CK_SESSION_HANDLE handle, CK_BYTE* state, CK_ULONG size, CK_OBJECT_HANDLE /*encryption*/,
                          CK_OBJECT_HANDLE /*authentication*/)
{
    return refuse(handle, is_input(state, size));
}

// --- decryption in parts, the digest of a key ---

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* /*data*/, CK_ULONG* size)
{
    return refuse_data(handle, part, part_size, size);
}

CK_RV C_DecryptFinal(CK_SESSION_HANDLE handle, CK_BYTE* /*data*/, CK_ULONG* size)
{
    return refuse(handle, size != nullptr);
}

CK_RV C_DigestKey(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE /*key*/)
{
    return refuse(handle, true);
}

// --- recovery ---

CK_RV C_SignRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return refuse_key(handle, mechanism, key);
}

CK_RV C_SignRecover(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* /*signature*/, CK_ULONG* size)
{
    return refuse_data(handle, data, data_size, size);
}

CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return refuse_key(handle, mechanism, key);
}

CK_RV C_VerifyRecover(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG signature_size, CK_BYTE* /*data*/,
                      CK_ULONG* size)
{
    return refuse_data(handle, signature, signature_size, size);
}

// --- two operations at once ---

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* /*encrypted*/,
                            CK_ULONG* size)
{
    return refuse_data(handle, part, part_size, size);
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* /*data*/,
                            CK_ULONG* size)
{
    return refuse_data(handle, part, part_size, size);
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* /*encrypted*/,
                          CK_ULONG* size)
{
    return refuse_data(handle, part, part_size, size);
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* /*data*/,
                            CK_ULONG* size)
{
    return refuse_data(handle, part, part_size, size);
}

// --- keys and seeds of random numbers ---

CK_RV C_GenerateKey(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_ATTRIBUTE* attributes, CK_ULONG count,
                    CK_OBJECT_HANDLE* key)
{
    return refuse(handle, is_mechanism(mechanism) && is_input(attributes, count) && key != nullptr);
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_ATTRIBUTE* public_attributes,
                        CK_ULONG public_count, CK_ATTRIBUTE* private_attributes, CK_ULONG private_count,
                        CK_OBJECT_HANDLE* public_key, CK_OBJECT_HANDLE* private_key)
{
    return refuse(handle, is_mechanism(mechanism) && is_input(public_attributes, public_count) &&
                              is_input(private_attributes, private_count) && public_key != nullptr &&
                              private_key != nullptr);
}

CK_RV C_WrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE /*key*/,
                CK_BYTE* /*wrapped*/, CK_ULONG* size)
{
    return refuse_key(handle, mechanism, wrapping, size != nullptr);
}

CK_RV C_UnwrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE unwrapping, CK_BYTE* wrapped,
                  CK_ULONG wrapped_size, CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* key)
{
    return refuse_key(handle, mechanism, unwrapping,
                      is_input(wrapped, wrapped_size) && is_input(attributes, count) && key != nullptr);
}

CK_RV C_SeedRandom(CK_SESSION_HANDLE handle, CK_BYTE* seed, CK_ULONG size)
{
    return refuse(handle, is_input(seed, size), CKR_RANDOM_SEED_NOT_SUPPORTED);
}

} // extern "C"

} // namespace sceau::pkcs11_module
