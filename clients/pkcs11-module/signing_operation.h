// An operation from C_SignInit to the digest that the agent is asked to sign.
#pragma once

#include "clients/pkcs11-module/answer.h"
#include "clients/pkcs11-module/mechanism.h"
#include "mail/cms/openssl.h"

namespace sceau::pkcs11_module {

struct SignatureRequest {
    std::shared_ptr<const PrivateKey> key;
    base::Scheme scheme;
    base::Bytes digest;
    base::Bytes attributes = {}; // the hashed data, if it is the signed attributes of a CMS signature

    bool asks_for_the_same_as(const SignatureRequest& other) const
    {
        return key->id == other.key->id && scheme == other.scheme && digest == other.digest;
    }
};

class SigningOperation {
  public:
    /// C_SignInit: fails with CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT or
    /// CKR_KEY_FUNCTION_NOT_PERMITTED.
    static Answer<SigningOperation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);

    /// C_SignUpdate: fails with CKR_DATA_LEN_RANGE for more bytes than a digest has if the mechanism expects one.
    Answer<> add(base::BytesView part);

    /// Fails with CKR_DATA_INVALID or CKR_DATA_LEN_RANGE if the data is not the digest that the mechanism requires.
    Answer<SignatureRequest> finish();

    /// Whether a part was added, which means that the data comes in parts.
    bool has_begun() const { return has_begun_; }
    std::size_t signature_size() const { return key_->signature_size(); }

  private:
    SigningOperation(std::shared_ptr<const PrivateKey> key, const Mechanism& mechanism, std::optional<base::Hash> hash)
        : key_(std::move(key)), mechanism_(mechanism), hash_(hash)
    {
    }
    Answer<SignatureRequest> request(base::Hash hash, base::BytesView digest) const;

    std::shared_ptr<const PrivateKey> key_;
    Mechanism mechanism_;
    std::optional<base::Hash> hash_; // computed here or named by the parameters; empty: the data names it
    mail::cms::EvpMdCtxPtr hashing_;
    bool has_begun_ = false;
    base::Bytes data_; // the input; if it is hashed here, only its beginning, up to the limit of signed attributes
};

/// Fits a digest to a curve whose own hash has another length: a longer digest keeps its leftmost bits, and a shorter
/// one gets leading zeros, which leave the number the same (FIPS 186-5 §6.4.1, step 2).
base::Bytes fitted_to_curve(base::BytesView digest, std::size_t size);

} // namespace sceau::pkcs11_module
