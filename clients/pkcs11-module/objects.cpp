#include "clients/pkcs11-module/objects.h"

#include "clients/pkcs11-module/certificate.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>

namespace sceau::pkcs11_module {

using base::Bytes;
using base::BytesView;

namespace {

using Attributes = std::map<CK_ATTRIBUTE_TYPE, Bytes>;

constexpr CK_ULONG kAuthority = 2; // CK_CERTIFICATE_CATEGORY_AUTHORITY

Bytes number(CK_ULONG value)
{
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

Bytes boolean(bool value)
{
    return {static_cast<std::uint8_t>(value ? CK_TRUE : CK_FALSE)};
}

Bytes text(const std::string& value)
{
    const BytesView bytes = base::as_bytes(value);
    return {bytes.begin(), bytes.end()};
}

Bytes bytes_of(const base::KeyId& key)
{
    return {key.bytes().begin(), key.bytes().end()};
}

Bytes id_of(const ipc::Key& key)
{
    return key.cka_id && !key.cka_id->empty() ? *key.cka_id : bytes_of(key.id);
}

// Keys and certificates share label and CKA_ID, because NSS and other programs find one by the other's.
Attributes common(CK_OBJECT_CLASS object_class, const Bytes& id, const Certificate& certificate)
{
    return {{CKA_CLASS, number(object_class)},
            {CKA_TOKEN, boolean(true)},
            {CKA_PRIVATE, boolean(false)}, // visible without login
            {CKA_MODIFIABLE, boolean(false)},
            {CKA_LABEL, text(certificate.label)},
            {CKA_ID, id},
            {CKA_SUBJECT, certificate.subject},
            {CKA_PUBLIC_KEY_INFO, certificate.public_key_info}};
}

Object certificate_object(const Bytes& der, const Bytes& id, const Certificate& certificate, CK_ULONG category)
{
    Attributes attributes = common(CKO_CERTIFICATE, id, certificate);
    attributes.insert({{CKA_CERTIFICATE_TYPE, number(CKC_X_509)},
                       {CKA_CERTIFICATE_CATEGORY, number(category)},
                       {CKA_TRUSTED, boolean(false)},
                       {CKA_VALUE, der},
                       {CKA_ISSUER, certificate.issuer},
                       {CKA_SERIAL_NUMBER, certificate.serial_number}});
    return {.handle = {},
            .object_class = CKO_CERTIFICATE,
            .attributes = std::move(attributes),
            .key = {},
            .key_id = bytes_of(certificate.key)};
}

Attributes key_attributes(CK_OBJECT_CLASS object_class, const Bytes& id, const Certificate& certificate,
                          const PublicKey& key)
{
    Attributes attributes = common(object_class, id, certificate);
    attributes.insert(
        {{CKA_KEY_TYPE, number(key.type == base::KeyType::rsa ? CKK_RSA : CKK_EC)}, {CKA_LOCAL, boolean(false)}});
    if (key.type == base::KeyType::rsa)
        attributes.insert({{CKA_MODULUS, key.modulus}, {CKA_PUBLIC_EXPONENT, key.exponent}});
    else
        attributes.insert({{CKA_EC_PARAMS, key.params}, {CKA_EC_POINT, key.point}});
    return attributes;
}

bool may_sign(const ipc::Key& key)
{
    return std::ranges::find(key.usage, ipc::Usage::sign) != key.usage.end() && !key.schemes.empty();
}

// Returns the certificate for signatures if a key has several, such as one for signatures and one for encryption.
const ipc::Key& signing_one(const ipc::Key& key, const std::vector<ipc::Key>& keys)
{
    const auto found =
        std::ranges::find_if(keys, [&](const ipc::Key& other) { return other.id == key.id && may_sign(other); });
    return found == keys.end() ? key : *found;
}

bool may_decrypt(const base::KeyId& id, const std::vector<ipc::Key>& keys)
{
    return std::ranges::any_of(keys, [&](const ipc::Key& key) {
        return key.id == id && std::ranges::find(key.usage, ipc::Usage::decrypt) != key.usage.end();
    });
}

Object private_key_object(const ipc::Key& key, const Bytes& id, bool decrypts, const Certificate& certificate,
                          const PublicKey& public_key)
{
    const bool signs = may_sign(key);
    const bool is_rsa = public_key.type == base::KeyType::rsa;
    Attributes attributes = key_attributes(CKO_PRIVATE_KEY, id, certificate, public_key);
    attributes.insert({{CKA_SENSITIVE, boolean(true)},
                       {CKA_ALWAYS_SENSITIVE, boolean(false)}, // the agent does not know what was true earlier
                       {CKA_EXTRACTABLE, boolean(false)},
                       {CKA_NEVER_EXTRACTABLE, boolean(false)},
                       {CKA_ALWAYS_AUTHENTICATE, boolean(false)}, // the agent asks for the PIN
                       {CKA_SIGN, boolean(signs)},
                       {CKA_SIGN_RECOVER, boolean(false)},
                       {CKA_DECRYPT, boolean(decrypts && is_rsa)},
                       {CKA_DERIVE, boolean(decrypts && !is_rsa)},
                       {CKA_UNWRAP, boolean(false)}});
    auto private_key =
        std::make_shared<PrivateKey>(PrivateKey{.id = key.id,
                                                .type = public_key.type,
                                                .bits = public_key.bits,
                                                .schemes = signs ? key.schemes : std::vector<base::Scheme>{},
                                                .decrypts = decrypts});
    return {.handle = {},
            .object_class = CKO_PRIVATE_KEY,
            .attributes = std::move(attributes),
            .key = std::move(private_key),
            .key_id = bytes_of(key.id)};
}

// The public key verifies, encrypts and derives what the private key signs, decrypts and derives.
Object public_key_object(const Bytes& id, const PrivateKey& pair, const Certificate& certificate, const PublicKey& key)
{
    Attributes attributes = key_attributes(CKO_PUBLIC_KEY, id, certificate, key);
    attributes.insert({{CKA_VERIFY, boolean(!pair.schemes.empty())},
                       {CKA_VERIFY_RECOVER, boolean(false)},
                       {CKA_ENCRYPT, boolean(pair.decrypts && pair.type == base::KeyType::rsa)},
                       {CKA_DERIVE, boolean(pair.decrypts && pair.type == base::KeyType::ec)},
                       {CKA_WRAP, boolean(false)},
                       {CKA_TRUSTED, boolean(false)}});
    if (key.type == base::KeyType::rsa)
        attributes.emplace(CKA_MODULUS_BITS, number(static_cast<CK_ULONG>(key.bits)));
    return {.handle = {},
            .object_class = CKO_PUBLIC_KEY,
            .attributes = std::move(attributes),
            .key = {},
            .key_id = bytes_of(certificate.key)};
}

bool is_secret(CK_ATTRIBUTE_TYPE type)
{
    constexpr std::array kSecret = {CKA_VALUE,      CKA_PRIVATE_EXPONENT, CKA_PRIME_1,    CKA_PRIME_2,
                                    CKA_EXPONENT_1, CKA_EXPONENT_2,       CKA_COEFFICIENT};
    return std::ranges::find(kSecret, type) != kSecret.end();
}

CK_RV read_one(const Bytes& value, CK_ATTRIBUTE& wanted)
{
    const CK_ULONG room = wanted.ulValueLen;
    wanted.ulValueLen = value.size();
    if (wanted.pValue == nullptr)
        return CKR_OK;
    if (room < value.size()) {
        wanted.ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_BUFFER_TOO_SMALL;
    }
    std::ranges::copy(value, static_cast<std::uint8_t*>(wanted.pValue));
    return CKR_OK;
}

} // namespace

std::size_t PrivateKey::signature_size() const
{
    return type == base::KeyType::rsa ? modulus_size() : 2 * modulus_size();
}

bool Object::matches(std::span<const CK_ATTRIBUTE> wanted) const
{
    return std::ranges::all_of(wanted, [&](const CK_ATTRIBUTE& attribute) {
        const auto found = attributes.find(attribute.type);
        const BytesView value(static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen);
        return found != attributes.end() &&
               (std::ranges::equal(found->second, value) ||
                (attribute.type == CKA_ID && !value.empty() && std::ranges::equal(key_id, value)));
    });
}

CK_RV Object::read(std::span<CK_ATTRIBUTE> wanted) const
{
    CK_RV result = CKR_OK;
    for (CK_ATTRIBUTE& attribute : wanted) {
        const auto found = attributes.find(attribute.type);
        CK_RV one = CKR_OK;
        if (found != attributes.end()) {
            one = read_one(found->second, attribute);
        } else {
            attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
            one = object_class == CKO_PRIVATE_KEY && is_secret(attribute.type) ? CKR_ATTRIBUTE_SENSITIVE
                                                                               : CKR_ATTRIBUTE_TYPE_INVALID;
        }
        result = one == CKR_OK ? result : one;
    }
    return result;
}

std::size_t Object::size() const
{
    std::size_t size = 0;
    for (const auto& [type, value] : attributes)
        size += value.size();
    return size;
}

void Object::set_number(CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    attributes.insert_or_assign(type, number(value));
}

std::vector<Object> objects_of(const std::vector<ipc::Key>& keys)
{
    std::vector<Object> objects;
    std::set<Bytes> certificates;
    std::set<std::pair<Bytes, Bytes>> with_id;
    std::set<std::pair<Bytes, Bytes>> with_key; // two certificates may have the same key
    for (const ipc::Key& key : keys) {
        const bool is_certified = !key.certificate.empty();
        const auto certificate = is_certified
                                     ? read_certificate(key.certificate, key.id)
                                     : read_public_key(key.public_key.value_or(Bytes()), key.label.value_or(""));
        const Bytes id = id_of(key);
        if (!certificate || (is_certified && !with_id.insert({id, key.certificate}).second))
            continue;
        if (is_certified) {
            certificates.insert(key.certificate);
            objects.push_back(certificate_object(key.certificate, id, *certificate, 0));
        }
        if (!certificate->public_key || !with_key.insert({id, certificate->public_key_info}).second)
            continue;
        objects.push_back(private_key_object(signing_one(key, keys), id, may_decrypt(key.id, keys), *certificate,
                                             *certificate->public_key));
        const auto pair = objects.back().key;
        objects.push_back(public_key_object(id, *pair, *certificate, *certificate->public_key));
    }
    for (const ipc::Key& key : keys)
        for (const Bytes& der : key.chain)
            if (const auto certificate = read_certificate(der); certificate && certificates.insert(der).second)
                objects.push_back(certificate_object(der, bytes_of(certificate->key), *certificate, kAuthority));
    return objects;
}

} // namespace sceau::pkcs11_module
