// PKCS#11 2.40 §5.9 and §5.13: decryption and key agreement. The agent asks the person during C_Decrypt or C_DeriveKey,
// while other threads go on.
#include "clients/pkcs11-module/module.h"

#include <cstring>

namespace sceau::pkcs11_module {

namespace {

using base::Bytes;
using base::BytesView;

// A mail program tries to decrypt the same mail several times while it opens it.
constexpr std::chrono::seconds kDecryptionStaysRefused{5};

Answer<> unwrap(std::optional<KeyUnwrapping>& unwrapping, BytesView wrapped, CK_BYTE* room, CK_ULONG* size)
{
    KeyUnwrapping operation = taken(unwrapping);
    TRY_ASSIGN(const Bytes key, operation.unwrapped(wrapped));
    const Answer<> given = give(key, room, size);
    if (!given) // the program asked for the size, or its buffer was too short
        unwrapping = std::move(operation);
    return given;
}

Answer<> check_not_just_refused(const Module& module, const Bytes& input)
{
    const auto& refused = module.refused_decryption;
    if (refused && refused->input == input && std::chrono::steady_clock::now() < refused->until)
        return std::unexpected(refused->answer);
    return {};
}

/// A PIN dialog that ended without a result must not be followed by another at once.
void note_refused(const Bytes& input, CK_RV answer)
{
    if (answer != CKR_FUNCTION_CANCELED && answer != CKR_ENCRYPTED_DATA_INVALID)
        return;
    if (Answer<InModule> in = in_module())
        in->module.refused_decryption = {
            .input = input, .answer = answer, .until = std::chrono::steady_clock::now() + kDecryptionStaysRefused};
}

/// Returns what the template says about the new key. Fails with CKR_TEMPLATE_INCONSISTENT if nothing could be done with
/// the key, or with CKR_TOKEN_WRITE_PROTECTED if it would have to be stored on the token.
Answer<Object> secret_key(std::span<const CK_ATTRIBUTE> attributes)
{
    Object secret{.handle = {}, .object_class = CKO_SECRET_KEY, .attributes = {}, .key = {}};
    for (const CK_ATTRIBUTE& attribute : attributes) {
        if (attribute.pValue == nullptr && attribute.ulValueLen != 0)
            return std::unexpected(CKR_ATTRIBUTE_VALUE_INVALID);
        const BytesView value(static_cast<const CK_BYTE*>(attribute.pValue), attribute.ulValueLen);
        const bool is_true = value.size() == 1 && value.front() != CK_FALSE;
        if (attribute.type == CKA_VALUE || (attribute.type == CKA_SENSITIVE && is_true))
            return std::unexpected(CKR_TEMPLATE_INCONSISTENT);
        if (attribute.type == CKA_TOKEN && is_true)
            return std::unexpected(CKR_TOKEN_WRITE_PROTECTED);
        secret.attributes.insert_or_assign(attribute.type, Bytes(value.begin(), value.end()));
    }
    secret.set_number(CKA_CLASS, CKO_SECRET_KEY);
    secret.attributes.try_emplace(CKA_TOKEN, Bytes{CK_FALSE});
    secret.attributes.try_emplace(CKA_SENSITIVE, Bytes{CK_FALSE});
    secret.attributes.try_emplace(CKA_EXTRACTABLE, Bytes{CK_TRUE});
    return secret;
}

/// Returns 0 if the template does not say.
CK_ULONG value_size(const Object& secret)
{
    CK_ULONG size = 0;
    const auto found = secret.attributes.find(CKA_VALUE_LEN);
    if (found != secret.attributes.end() && found->second.size() == sizeof size)
        std::memcpy(&size, found->second.data(), sizeof size);
    return size;
}

Answer<> decrypt_init(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_mechanism(mechanism))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (in.session.decrypting || in.session.unwrapping)
        return std::unexpected(CKR_OPERATION_ACTIVE);
    if (const Object* object = in.module.find(in.slot, key);
        object != nullptr && object->object_class == CKO_SECRET_KEY) {
        TRY_ASSIGN(in.session.unwrapping, KeyUnwrapping::begin(*object, *mechanism));
        return {};
    }
    TRY_ASSIGN(auto with, private_key(in.slot, key));
    TRY_ASSIGN(in.session.decrypting, DecryptionOperation::begin(std::move(with), *mechanism));
    return {};
}

Answer<> decrypt(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG encrypted_size, CK_BYTE* data, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr || !is_input(encrypted, encrypted_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (in.session.unwrapping)
        return unwrap(in.session.unwrapping, {encrypted, encrypted_size}, data, size);
    TRY(check_begun(in.session.decrypting));
    if (data == nullptr) {
        *size = in.session.decrypting->plaintext_limit();
        return {};
    }
    DecryptionOperation operation = taken(in.session.decrypting);
    if (encrypted_size != operation.key->modulus_size())
        return std::unexpected(CKR_ENCRYPTED_DATA_LEN_RANGE);
    const Bytes ciphertext(encrypted, encrypted + encrypted_size);
    TRY(check_not_just_refused(in.module, ciphertext));
    in.unlock();
    const Answer<Bytes> plaintext = plaintext_from_agent(operation, ciphertext);
    if (!plaintext) {
        note_refused(ciphertext, plaintext.error());
        return std::unexpected(plaintext.error());
    }
    const Answer<> given = give(*plaintext, data, size);
    if (!given) // too short a buffer does not end the operation: the agent repeats its answer without asking
        if (Answer<InSession> again = in_session(handle))
            again->session.decrypting = std::move(operation);
    return given;
}

Answer<> derive_key(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE base_key,
                    CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* key)
{
    constexpr CK_ULONG kLongest = 1024; // bytes: no key is longer
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_mechanism(mechanism) || (attributes == nullptr && count != 0) || key == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY_ASSIGN(auto with, private_key(in.slot, base_key));
    TRY_ASSIGN(const Derivation derivation, Derivation::begin(std::move(with), *mechanism));
    TRY_ASSIGN(Object secret, secret_key({attributes, count}));
    TRY(check_not_just_refused(in.module, derivation.public_key));
    const CK_ULONG size = value_size(secret);
    if (size > kLongest)
        return std::unexpected(CKR_KEY_SIZE_RANGE);
    in.unlock();
    const Answer<Bytes> value = secret_from_agent(derivation, size);
    if (!value) {
        note_refused(derivation.public_key, value.error());
        return std::unexpected(value.error());
    }
    secret.set_number(CKA_VALUE_LEN, value->size());
    secret.attributes.insert_or_assign(CKA_VALUE, *value);
    TRY_ASSIGN(InSession again, in_session(handle));
    *key = again.module.add_secret(handle, std::move(secret));
    return {};
}

} // namespace

extern "C" {

CK_RV C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return at_edge(decrypt_init, handle, mechanism, key);
}

CK_RV C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG encrypted_size, CK_BYTE* data, CK_ULONG* size)
{
    return at_edge(decrypt, handle, encrypted, encrypted_size, data, size);
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE base_key,
                  CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* key)
{
    return at_edge(derive_key, handle, mechanism, base_key, attributes, count, key);
}

} // extern "C"

} // namespace sceau::pkcs11_module
