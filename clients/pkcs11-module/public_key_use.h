// Operations that need only a public key. OpenSSL does them here, without the token and without asking anybody.
#pragma once

#include "clients/pkcs11-module/decryption.h"
#include "clients/pkcs11-module/library_context.h"
#include "clients/pkcs11-module/pss.h"

namespace sceau::pkcs11_module {

/// An operation from C_VerifyInit to its result.
class VerificationOperation {
  public:
    /// Fails with CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT (also if the object is
    /// not a public key) or CKR_KEY_FUNCTION_NOT_PERMITTED. Unlike in the agent's signatures, the salt of PSS may have
    /// any length.
    static Answer<VerificationOperation> begin(const Object& key, const CK_MECHANISM& mechanism);

    /// Fails with CKR_DATA_LEN_RANGE for more data than a signature can cover.
    Answer<> add(base::BytesView part);

    /// Fails with CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE, or CKR_DATA_LEN_RANGE for a digest of another length.
    Answer<> verify(base::BytesView signature);

    /// Whether a part was added, which means that the data comes in parts.
    bool has_begun() const { return has_begun_; }

  private:
    VerificationOperation(mail::cms::EvpPkeyPtr key, const Mechanism& mechanism, std::optional<PssParameters> pss)
        : key_(std::move(key)), mechanism_(mechanism), pss_(pss)
    {
    }
    bool set_padding(EVP_PKEY_CTX* context) const;
    Answer<> check_signed() const;

    mail::cms::EvpPkeyPtr key_;
    Mechanism mechanism_;
    std::optional<PssParameters> pss_;
    mail::cms::EvpMdCtxPtr hashing_; // null: the data is verified without hashing
    base::Bytes data_;
    bool has_begun_ = false;
};

/// An operation from C_EncryptInit to the ciphertext: RSA with the mechanisms that can be decrypted.
class EncryptionOperation {
  public:
    /// Fails as VerificationOperation::begin() does.
    static Answer<EncryptionOperation> begin(const Object& key, const CK_MECHANISM& mechanism);

    /// Fails with CKR_DATA_LEN_RANGE for more data than the modulus has room for.
    Answer<> add(base::BytesView part);
    /// Fails with CKR_DATA_LEN_RANGE if the padding leaves too little room.
    Answer<base::Bytes> finish() const;

    bool has_begun() const { return has_begun_; }
    std::size_t ciphertext_size() const { return static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())); }

  private:
    EncryptionOperation(mail::cms::EvpPkeyPtr key, base::DecryptionScheme scheme)
        : key_(std::move(key)), scheme_(scheme)
    {
    }

    mail::cms::EvpPkeyPtr key_;
    base::DecryptionScheme scheme_;
    base::Bytes data_;
    bool has_begun_ = false;
};

} // namespace sceau::pkcs11_module
