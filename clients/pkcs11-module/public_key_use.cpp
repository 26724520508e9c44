#include "clients/pkcs11-module/public_key_use.h"

#include "clients/pkcs11-module/signature.h"

#include <openssl/rsa.h>

#include <algorithm>

namespace sceau::pkcs11_module {

using base::Bytes;
using base::BytesView;
using mail::cms::EvpPkeyCtxPtr;
using mail::cms::EvpPkeyPtr;
using mail::cms::QuietErrors;

namespace {

bool is_true(const Object& object, CK_ATTRIBUTE_TYPE type)
{
    const auto found = object.attributes.find(type);
    return found != object.attributes.end() && found->second == Bytes{CK_TRUE};
}

/// Returns the key if this attribute allows the use.
Answer<EvpPkeyPtr> public_key(const Object& object, base::KeyType type, CK_ATTRIBUTE_TYPE use)
{
    if (object.object_class != CKO_PUBLIC_KEY)
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    const Bytes& der = object.attributes.at(CKA_PUBLIC_KEY_INFO);
    const unsigned char* position = der.data();
    const QuietErrors quiet;
    EvpPkeyPtr key(d2i_PUBKEY_ex(nullptr, &position, static_cast<long>(der.size()), library_context(), nullptr));
    if (!key)
        return std::unexpected(CKR_FUNCTION_FAILED);
    if (EVP_PKEY_get_base_id(key.get()) != (type == base::KeyType::rsa ? EVP_PKEY_RSA : EVP_PKEY_EC))
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    if (!is_true(object, use))
        return std::unexpected(CKR_KEY_FUNCTION_NOT_PERMITTED);
    return key;
}

EvpPkeyCtxPtr context_of(const EvpPkeyPtr& key)
{
    return EvpPkeyCtxPtr(EVP_PKEY_CTX_new_from_pkey(library_context(), key.get(), nullptr));
}

std::size_t size_of(const EvpPkeyPtr& key)
{
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key.get())) + 7) / 8;
}

// RFC 8017 §7.2.1 and §9.2: the least that PKCS #1 v1.5 adds.
constexpr std::size_t kPkcs1Overhead = 11;

Answer<std::optional<PssParameters>> parameters_of(const CK_MECHANISM& mechanism, const Mechanism& known)
{
    if (known.padding != base::Padding::pss) {
        if (mechanism.ulParameterLen != 0)
            return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
        return std::nullopt;
    }
    const auto pss = read_pss(mechanism);
    if (!pss || (known.hash && *known.hash != pss->hash))
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    return pss;
}

} // namespace

Answer<VerificationOperation> VerificationOperation::begin(const Object& key, const CK_MECHANISM& mechanism)
{
    const Mechanism* known = find_mechanism(mechanism.mechanism);
    if (known == nullptr)
        return std::unexpected(CKR_MECHANISM_INVALID);
    TRY_ASSIGN(const auto pss, parameters_of(mechanism, *known));
    TRY_ASSIGN(EvpPkeyPtr with, public_key(key, known->key_type, CKA_VERIFY));
    VerificationOperation operation(std::move(with), *known, pss);
    if (!known->hash)
        return operation;
    operation.hashing_ = begin_digest(base::to_string(*known->hash));
    if (!operation.hashing_)
        return std::unexpected(CKR_HOST_MEMORY);
    return operation;
}

Answer<> VerificationOperation::add(BytesView part)
{
    constexpr std::size_t kLongestDigest = 128; // bytes, with any hash; the curve takes its leftmost bits
    has_begun_ = true;
    if (hashing_)
        return add_to(hashing_, part);
    const std::size_t limit = mechanism_.key_type == base::KeyType::ec ? kLongestDigest : size_of(key_);
    if (part.size() > limit - data_.size())
        return std::unexpected(CKR_DATA_LEN_RANGE);
    data_.insert(data_.end(), part.begin(), part.end());
    return {};
}

// Verifies data that is signed without being hashed here.
Answer<> VerificationOperation::check_signed() const
{
    const bool fits = pss_                                        ? data_.size() == base::digest_size(pss_->hash)
                      : mechanism_.key_type == base::KeyType::rsa ? data_.size() + kPkcs1Overhead <= size_of(key_)
                                                                  : !data_.empty();
    if (!fits)
        return std::unexpected(CKR_DATA_LEN_RANGE);
    return {};
}

bool VerificationOperation::set_padding(EVP_PKEY_CTX* context) const
{
    if (mechanism_.key_type == base::KeyType::ec)
        return true;
    const auto hash = pss_ ? std::optional(pss_->hash) : mechanism_.hash;
    const EvpMdPtr digest = hash ? fetch_digest(base::to_string(*hash)) : nullptr;
    if (EVP_PKEY_CTX_set_rsa_padding(context, pss_ ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1 ||
        (digest && EVP_PKEY_CTX_set_signature_md(context, digest.get()) != 1))
        return false;
    return !pss_ || (EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, base::to_string(pss_->hash), nullptr) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(pss_->salt_size)) == 1);
}

Answer<> VerificationOperation::verify(BytesView signature)
{
    const bool is_ec = mechanism_.key_type == base::KeyType::ec;
    if (signature.size() != (is_ec ? 2 : 1) * size_of(key_))
        return std::unexpected(CKR_SIGNATURE_LEN_RANGE);
    const QuietErrors quiet;
    if (hashing_) {
        data_.resize(static_cast<std::size_t>(EVP_MD_CTX_get_size(hashing_.get())));
        if (EVP_DigestFinal_ex(hashing_.get(), data_.data(), nullptr) != 1)
            return std::unexpected(CKR_FUNCTION_FAILED);
    } else {
        TRY(check_signed());
    }
    const Bytes encoded = is_ec ? der_ecdsa(signature) : Bytes(signature.begin(), signature.end());
    const EvpPkeyCtxPtr context = context_of(key_);
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 || !set_padding(context.get()))
        return std::unexpected(CKR_FUNCTION_FAILED);
    if (EVP_PKEY_verify(context.get(), encoded.data(), encoded.size(), data_.data(), data_.size()) != 1)
        return std::unexpected(CKR_SIGNATURE_INVALID);
    return {};
}

Answer<EncryptionOperation> EncryptionOperation::begin(const Object& key, const CK_MECHANISM& mechanism)
{
    TRY_ASSIGN(const base::DecryptionScheme scheme, decryption_scheme(mechanism));
    TRY_ASSIGN(EvpPkeyPtr with, public_key(key, base::KeyType::rsa, CKA_ENCRYPT));
    return EncryptionOperation(std::move(with), scheme);
}

Answer<> EncryptionOperation::add(BytesView part)
{
    has_begun_ = true;
    if (part.size() > size_of(key_) - data_.size())
        return std::unexpected(CKR_DATA_LEN_RANGE);
    data_.insert(data_.end(), part.begin(), part.end());
    return {};
}

Answer<Bytes> EncryptionOperation::finish() const
{
    const char* hash = base::traits(scheme_).oaep_hash;
    const QuietErrors quiet;
    const EvpMdPtr digest = hash != nullptr ? fetch_digest(hash) : nullptr;
    // RFC 8017 §7.1.1.
    const std::size_t overhead =
        digest ? 2 * static_cast<std::size_t>(EVP_MD_get_size(digest.get())) + 2 : kPkcs1Overhead;
    if (data_.size() + overhead > size_of(key_))
        return std::unexpected(CKR_DATA_LEN_RANGE);
    const EvpPkeyCtxPtr context = context_of(key_);
    Bytes ciphertext(ciphertext_size());
    std::size_t size = ciphertext.size();
    const bool is_set =
        context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), digest ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) == 1 &&
        (!digest || (EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), hash, nullptr) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), hash, nullptr) == 1));
    if (!is_set || EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, data_.data(), data_.size()) != 1)
        return std::unexpected(CKR_FUNCTION_FAILED);
    ciphertext.resize(size);
    return ciphertext;
}

} // namespace sceau::pkcs11_module
