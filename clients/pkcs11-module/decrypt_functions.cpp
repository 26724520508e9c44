// PKCS#11 2.40 §5.9 and §5.13: decryption and key agreement. The agent asks the person, in C_Decrypt or C_DeriveKey;
// other threads go on meanwhile.
#include "clients/pkcs11-module/module.h"

#include <cstring>

using namespace sceau::pkcs11_module;

namespace {

using sceau::base::Bytes;
using sceau::base::BytesView;

// A mail program tries the same mail several times while it opens it.
constexpr std::chrono::seconds kNoMeansNo{5};

CK_RV begin_unwrapping(Session& session, const Object& secret, const CK_MECHANISM& mechanism)
{
    auto unwrapping = KeyUnwrapping::begin(secret, mechanism);
    if (!unwrapping)
        return unwrapping.error();
    session.unwrapping = *std::move(unwrapping);
    return CKR_OK;
}

CK_RV unwrap(Session& session, BytesView wrapped, CK_BYTE* room, CK_ULONG* size)
{
    const auto key = session.unwrapping->unwrapped(wrapped);
    const CK_RV given = key ? give(*key, room, size) : key.error();
    if (given != CKR_BUFFER_TOO_SMALL && (given != CKR_OK || room != nullptr))
        session.unwrapping.reset();
    return given;
}

CK_RV begin(Session& session, const Slot& slot, const CK_MECHANISM& mechanism, CK_OBJECT_HANDLE handle)
{
    auto key = private_key(slot, handle);
    if (!key)
        return key.error();
    auto operation = DecryptionOperation::begin(*std::move(key), mechanism);
    if (!operation)
        return operation.error();
    session.decrypting = *std::move(operation);
    return CKR_OK;
}

/// CKR_OK where it was not.
CK_RV recent_refusal(const Module& module, const Bytes& input)
{
    const auto& refused = module.refused_decryption;
    const bool is_recent = refused && refused->input == input && std::chrono::steady_clock::now() < refused->until;
    return is_recent ? refused->answer : CKR_OK;
}

/// What came of a PIN dialog without a result is not worth a second one at once.
CK_RV note_refused(const Bytes& input, CK_RV answer)
{
    if (answer == CKR_FUNCTION_CANCELED || answer == CKR_ENCRYPTED_DATA_INVALID)
        with_module([&](Module& module) {
            module.refused_decryption = {
                .input = input, .answer = answer, .until = std::chrono::steady_clock::now() + kNoMeansNo};
            return CKR_OK;
        });
    return answer;
}

/// A buffer that turns out too short leaves the operation as it was: the agent answers it once more without asking.
CK_RV ask(CK_SESSION_HANDLE handle, const DecryptionOperation& operation, const Bytes& ciphertext, CK_BYTE* room,
          CK_ULONG* size)
{
    return guarded([&] {
        const auto plaintext = plaintext_from_agent(operation, ciphertext);
        if (!plaintext)
            return note_refused(ciphertext, plaintext.error());
        const CK_RV given = give(*plaintext, room, size);
        if (given == CKR_BUFFER_TOO_SMALL)
            with_session(handle, [&](Session& session, Slot&) {
                session.decrypting = operation;
                return CKR_OK;
            });
        return given;
    });
}

/// What the template says of the key to be made; CKR_TEMPLATE_INCONSISTENT for one that nothing could be done with, or
/// that would have to stay on the token.
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

/// 0 where the template does not say.
CK_ULONG value_size(const Object& secret)
{
    CK_ULONG size = 0;
    const auto found = secret.attributes.find(CKA_VALUE_LEN);
    if (found != secret.attributes.end() && found->second.size() == sizeof size)
        std::memcpy(&size, found->second.data(), sizeof size);
    return size;
}

struct PendingDerivation {
    Derivation derivation;
    Object secret;
};

CK_RV derive(CK_SESSION_HANDLE handle, const PendingDerivation& pending, CK_OBJECT_HANDLE* key)
{
    constexpr CK_ULONG kLongest = 1024; // bytes: no key is
    return guarded([&] {
        const CK_ULONG size = value_size(pending.secret);
        if (size > kLongest)
            return CKR_KEY_SIZE_RANGE;
        auto value = secret_from_agent(pending.derivation, size);
        if (!value)
            return note_refused(pending.derivation.public_key, value.error());
        return with_session(handle, [&](Module& module, Session&, Slot&) {
            Object secret = pending.secret;
            secret.set_number(CKA_VALUE_LEN, value->size());
            secret.attributes.insert_or_assign(CKA_VALUE, *std::move(value));
            *key = module.add_secret(handle, std::move(secret));
            return CKR_OK;
        });
    });
}

} // namespace

CK_RV C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return with_session(handle, [&](Module& module, Session& session, Slot& slot) {
        if (!is_mechanism(mechanism))
            return CKR_ARGUMENTS_BAD;
        if (session.decrypting || session.unwrapping)
            return CKR_OPERATION_ACTIVE;
        const Object* object = module.find(slot, key);
        if (object != nullptr && object->object_class == CKO_SECRET_KEY)
            return begin_unwrapping(session, *object, *mechanism);
        return begin(session, slot, *mechanism, key);
    });
}

CK_RV C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG encrypted_size, CK_BYTE* data, CK_ULONG* size)
{
    std::optional<DecryptionOperation> operation;
    Bytes ciphertext;
    const CK_RV answer = with_session(handle, [&](Module& module, Session& session, Slot&) {
        if (size == nullptr || !is_input(encrypted, encrypted_size))
            return CKR_ARGUMENTS_BAD;
        if (session.unwrapping)
            return unwrap(session, {encrypted, encrypted_size}, data, size);
        if (!session.decrypting)
            return CKR_OPERATION_NOT_INITIALIZED;
        if (data == nullptr) {
            *size = session.decrypting->plaintext_limit();
            return CKR_OK;
        }
        const DecryptionOperation begun = *std::exchange(session.decrypting, std::nullopt);
        if (encrypted_size != begun.key->modulus_size())
            return CKR_ENCRYPTED_DATA_LEN_RANGE;
        ciphertext.assign(encrypted, encrypted + encrypted_size);
        if (const CK_RV refusal = recent_refusal(module, ciphertext); refusal != CKR_OK)
            return refusal;
        operation = begun;
        return CKR_OK;
    });
    return operation ? ask(handle, *operation, ciphertext, data, size) : answer;
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE base_key,
                  CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* key)
{
    std::optional<PendingDerivation> pending;
    const CK_RV answer = with_session(handle, [&](Module& module, Session&, Slot& slot) {
        if (!is_mechanism(mechanism) || (attributes == nullptr && count != 0) || key == nullptr)
            return CKR_ARGUMENTS_BAD;
        auto with = private_key(slot, base_key);
        if (!with)
            return with.error();
        auto derivation = Derivation::begin(*std::move(with), *mechanism);
        if (!derivation)
            return derivation.error();
        auto secret = secret_key({attributes, count});
        if (!secret)
            return secret.error();
        if (const CK_RV refusal = recent_refusal(module, derivation->public_key); refusal != CKR_OK)
            return refusal;
        pending = {*std::move(derivation), *std::move(secret)};
        return CKR_OK;
    });
    return pending ? derive(handle, *pending, key) : answer;
}
