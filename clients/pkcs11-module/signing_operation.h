// From C_SignInit to the digest that the agent is asked to have signed.
#pragma once

#include "clients/pkcs11-module/answer.h"
#include "clients/pkcs11-module/mechanism.h"
#include "mail/cms/openssl.h"

namespace sceau::pkcs11_module {

struct SignatureRequest {
    std::shared_ptr<const PrivateKey> key;
    base::Scheme scheme;
    base::Bytes digest;
    base::Bytes attributes = {}; // what was hashed, where it is the signed attributes of a CMS signature

    bool asks_for_the_same_as(const SignatureRequest& other) const
    {
        return key->id == other.key->id && scheme == other.scheme && digest == other.digest;
    }
};

class SigningOperation {
  public:
    /// C_SignInit: CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT or
    /// CKR_KEY_FUNCTION_NOT_PERMITTED.
    static Answer<SigningOperation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);

    /// C_SignUpdate: CKR_DATA_LEN_RANGE for more than a digest where one is expected.
    Answer<> add(base::BytesView part);

    /// CKR_DATA_INVALID or CKR_DATA_LEN_RANGE for what is not the digest that the mechanism wants.
    Answer<SignatureRequest> finish();

    /// Something was added: what is signed comes in parts.
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
    std::optional<base::Hash> hash_; // that is computed here or that the parameters name; none where the data tells
    mail::cms::EvpMdCtxPtr hashing_;
    bool has_begun_ = false;
    base::Bytes data_; // what came; where it is hashed here only the beginning, as much as signed attributes may have
};

/// A digest as ECDSA takes it with a curve whose own hash is of another length: the leftmost bits of a longer one, a
/// shorter one behind zeros, which is the same number (FIPS 186-5 §6.4.1, step 2).
base::Bytes fitted_to_curve(base::BytesView digest, std::size_t size);

} // namespace sceau::pkcs11_module
