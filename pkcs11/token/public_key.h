// The public half of a key, as in certificates, compared with what PKCS#11 objects reveal about a key. It shows which
// objects belong together; CKA_ID alone does not, because it is a name that may be given twice.
#pragma once

#include "base/digest.h"
#include "base/openssl.h"
#include "pkcs11/token/objects.h"

#include <openssl/evp.h>

#include <memory>

namespace sceau::pkcs11::token {

/// Whether an object belongs to a key. Private keys on elliptic curves mostly do not reveal it.
enum class Match { no, unknown, yes };

class PublicKey {
  public:
    /// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, DER). Fails with `unsupported` if the key is neither RSA nor on
    /// a curve.
    static base::Result<PublicKey> parse(base::BytesView info);

    bool operator==(const PublicKey& other) const { return EVP_PKEY_eq(key_.get(), other.key_.get()) == 1; }

    /// CKK_RSA or CKK_EC.
    CK_KEY_TYPE type() const;

    /// Compares CKA_MODULUS or CKA_EC_POINT of a public or private key.
    Match match_key(const Objects& objects, CK_OBJECT_HANDLE key) const;
    /// Verifies an ECDSA signature (a DER SEQUENCE of r and s) over a digest.
    bool verifies(base::BytesView digest, base::BytesView signature) const;
    /// The x of the point, as long as the curve's field, and the curve's generator, uncompressed (SEC 1 §2.3.3). Both
    /// are empty if the key is not on a curve.
    base::Bytes x() const;
    base::Bytes generator() const;

  private:
    using Key = std::unique_ptr<EVP_PKEY, base::Deleter<EVP_PKEY_free>>;
    explicit PublicKey(Key key) : key_(std::move(key)) {}
    Match match_point(const Objects& objects, CK_OBJECT_HANDLE key) const;

    Key key_;
};

/// Returns the SubjectPublicKeyInfo of an X.509 certificate, or empty bytes if the object is not one.
base::Bytes public_key_info_in(const Objects& objects, CK_OBJECT_HANDLE certificate);

/// Returns the SubjectPublicKeyInfo of a public key object, or of a private one that reveals it. Returns empty bytes if
/// it does not, or if the key is neither RSA nor on a curve that OpenSSL knows.
base::Bytes public_key_info(const Objects& objects, CK_OBJECT_HANDLE key);

} // namespace sceau::pkcs11::token
