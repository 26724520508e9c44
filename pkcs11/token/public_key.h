// The public half of a key, as certificates have it, beside what PKCS#11's objects tell of a key: by this, and not by
// CKA_ID alone, which is a name that anybody may give twice, is it seen which objects belong together.
#pragma once

#include "base/digest.h"
#include "base/openssl.h"
#include "pkcs11/token/objects.h"

#include <openssl/evp.h>

#include <memory>

namespace sceau::pkcs11::token {

/// Whether an object is of a key. Private keys on elliptic curves mostly do not tell.
enum class Match { no, unknown, yes };

class PublicKey {
  public:
    /// Of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, DER). `unsupported` where the key is neither RSA nor on a curve.
    static base::Result<PublicKey> parse(base::BytesView info);

    bool operator==(const PublicKey& other) const { return EVP_PKEY_eq(key_.get(), other.key_.get()) == 1; }

    /// CKK_RSA or CKK_EC.
    CK_KEY_TYPE type() const;

    /// By CKA_MODULUS or CKA_EC_POINT of a public or a private key.
    Match match_key(const Objects& objects, CK_OBJECT_HANDLE key) const;
    /// ECDSA (a DER SEQUENCE of r and s) over a digest.
    bool verifies(base::BytesView digest, base::BytesView signature) const;
    /// The point's x, as long as the curve's field, and the curve's generator, uncompressed (SEC 1 §2.3.3). Empty where
    /// the key is on no curve.
    base::Bytes x() const;
    base::Bytes generator() const;

  private:
    using Key = std::unique_ptr<EVP_PKEY, base::Deleter<EVP_PKEY_free>>;
    explicit PublicKey(Key key) : key_(std::move(key)) {}
    Match match_point(const Objects& objects, CK_OBJECT_HANDLE key) const;

    Key key_;
};

/// The SubjectPublicKeyInfo in an X.509 certificate. Empty where it is none.
base::Bytes public_key_info_in(const Objects& objects, CK_OBJECT_HANDLE certificate);

/// The SubjectPublicKeyInfo of a public key object, or of a private one that tells. Empty where it does not tell, or is
/// neither RSA nor on a curve that OpenSSL knows.
base::Bytes public_key_info(const Objects& objects, CK_OBJECT_HANDLE key);

} // namespace sceau::pkcs11::token
