#include "clients/pkcs11-module/signing_operation.h"

#include "clients/pkcs11-module/digest_info.h"
#include "clients/pkcs11-module/library_context.h"
#include "clients/pkcs11-module/pss.h"
#include "mail/cms/signed_attributes.h"

#include <algorithm>
#include <array>

namespace sceau::pkcs11_module {

using base::BytesView;
using base::Hash;

namespace {

constexpr std::size_t kShortDigest = 28; // the length of SHA-224 in bytes; neither that nor SHA-1 is signed
constexpr std::array kHashes = {Hash::sha256, Hash::sha384, Hash::sha512};

// Returns an empty hash if the mechanism leaves the hash to the data.
Answer<std::optional<Hash>> hash_of_parameters(const CK_MECHANISM& mechanism, const Mechanism& known)
{
    if (known.padding == base::Padding::pss) {
        const auto pss = read_pss(mechanism);
        // In the agent's PSS the salt is as long as the digest.
        if (!pss || pss->salt_size != base::digest_size(pss->hash) || (known.hash && *known.hash != pss->hash))
            return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
        return pss->hash;
    }
    if (mechanism.ulParameterLen != 0)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    return known.hash;
}

} // namespace

Answer<SigningOperation> SigningOperation::begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism)
{
    const Mechanism* known = find_mechanism(mechanism.mechanism);
    if (known == nullptr)
        return std::unexpected(CKR_MECHANISM_INVALID);
    TRY_ASSIGN(const auto hash, hash_of_parameters(mechanism, *known));
    if (known->key_type != key->type)
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    if (key->schemes.empty())
        return std::unexpected(CKR_KEY_FUNCTION_NOT_PERMITTED);
    SigningOperation operation(std::move(key), *known, hash);
    if (!known->hash)
        return operation;
    operation.hashing_ = begin_digest(base::to_string(*known->hash));
    if (!operation.hashing_)
        return std::unexpected(CKR_HOST_MEMORY);
    return operation;
}

Answer<> SigningOperation::add(BytesView part)
{
    constexpr std::size_t kLongest = 128; // more than a DigestInfo of SHA-512
    has_begun_ = true;
    if (hashing_) {
        const std::size_t room = mail::cms::kSignedAttributesLimit + 1 - data_.size(); // one too many shows the excess
        const BytesView kept = part.first(std::min(part.size(), room));
        data_.insert(data_.end(), kept.begin(), kept.end());
        return add_to(hashing_, part);
    }
    if (part.size() > kLongest - data_.size())
        return std::unexpected(CKR_DATA_LEN_RANGE);
    data_.insert(data_.end(), part.begin(), part.end());
    return {};
}

Answer<SignatureRequest> SigningOperation::finish()
{
    if (hashing_) {
        base::Bytes digest(base::digest_size(*hash_));
        if (EVP_DigestFinal_ex(hashing_.get(), digest.data(), nullptr) != 1)
            return std::unexpected(CKR_FUNCTION_FAILED);
        TRY_ASSIGN(SignatureRequest asked, request(*hash_, digest));
        if (asked.digest == digest && mail::cms::read_signed_attributes(data_))
            asked.attributes = std::move(data_);
        return asked;
    }
    if (mechanism_.padding == base::Padding::pkcs1) {
        const auto info = parse_digest_info(data_);
        if (!info)
            return std::unexpected(CKR_DATA_INVALID);
        return request(info->hash, info->digest);
    }
    if (mechanism_.key_type == base::KeyType::ec) {
        if (data_.size() <= kShortDigest)
            return std::unexpected(CKR_DATA_LEN_RANGE);
        return request(Hash::sha256, data_); // the digest of any hash, which is fitted to the curve
    }
    const auto* hash = std::ranges::find(kHashes, data_.size(), base::digest_size);
    if (hash == kHashes.end() || (hash_ && *hash_ != *hash))
        return std::unexpected(CKR_DATA_LEN_RANGE);
    return request(*hash, data_);
}

Answer<SignatureRequest> SigningOperation::request(Hash hash, BytesView digest) const
{
    const auto fits = [&](base::Scheme scheme) {
        const base::SchemeTraits& traits = base::traits(scheme);
        return mechanism_.fits(traits) && (traits.key_type == base::KeyType::ec || traits.hash == hash);
    };
    const auto scheme = std::ranges::find_if(key_->schemes, fits);
    if (scheme == key_->schemes.end())
        return std::unexpected(CKR_DATA_LEN_RANGE); // the RSA key is too short for PSS with this hash
    return SignatureRequest{.key = key_,
                            .scheme = *scheme,
                            .digest = fitted_to_curve(digest, base::digest_size(base::traits(*scheme).hash))};
}

base::Bytes fitted_to_curve(BytesView digest, std::size_t size)
{
    base::Bytes fitted(size - std::min(size, digest.size()), 0);
    fitted.insert(fitted.end(), digest.begin(), digest.begin() + static_cast<std::ptrdiff_t>(size - fitted.size()));
    return fitted;
}

} // namespace sceau::pkcs11_module
