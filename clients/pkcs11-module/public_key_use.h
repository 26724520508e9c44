// What takes a public key alone, done here by OpenSSL: the token has no part in it, and nobody is asked.
#pragma once

#include "clients/pkcs11-module/decryption.h"
#include "clients/pkcs11-module/library_context.h"
#include "clients/pkcs11-module/pss.h"

namespace sceau::pkcs11_module {

/// From C_VerifyInit to the answer.
class VerificationOperation {
  public:
    /// CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT (what is no public key is that,
    /// too) or CKR_KEY_FUNCTION_NOT_PERMITTED. Unlike for a signature of the agent's, PSS' salt may be of any length.
    static Answer<VerificationOperation> begin(const Object& key, const CK_MECHANISM& mechanism);

    /// CKR_DATA_LEN_RANGE for more than a signature can be of.
    Answer<> add(base::BytesView part);

    /// CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE, or CKR_DATA_LEN_RANGE for a digest of another length.
    Answer<> verify(base::BytesView signature);

    /// Something was added: what was signed comes in parts.
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
    mail::cms::EvpMdCtxPtr hashing_; // none: the data is signed as it comes
    base::Bytes data_;
    bool has_begun_ = false;
};

/// From C_EncryptInit to the ciphertext: RSA, by the mechanisms that are decrypted.
class EncryptionOperation {
  public:
    /// As for a verification.
    static Answer<EncryptionOperation> begin(const Object& key, const CK_MECHANISM& mechanism);

    /// CKR_DATA_LEN_RANGE for more than the modulus takes.
    Answer<> add(base::BytesView part);
    /// CKR_DATA_LEN_RANGE where the padding leaves less room.
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
