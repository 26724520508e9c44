// The tests' certificate authority: certificates for the keys in tests/data/keys.
#pragma once

#include "base/bytes.h"

#include <openssl/evp.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sceau::test {

struct KeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;

/// One of tests/data/keys: "rsa2048", "rsa2048b", "rsa3072", "p256", "p256b", "p384", "p521", "ed25519", "ca".
std::filesystem::path key_file(const std::string& name);
Key read_key(const std::string& name);

struct CertificateProfile {
    std::string key = "rsa2048";
    std::string name = "Test";
    std::vector<std::string> addresses = {"test@example.org"}; // rfc822Name in subjectAltName
    // As in openssl.cnf; an empty one is left out.
    std::string key_usage = "critical,digitalSignature,nonRepudiation";
    std::string extended_key_usage = "emailProtection";
    long not_before_days = -1; // from now
    long not_after_days = 365;
    bool by_intermediate = false; // issued by the intermediate authority, which the root has issued
    std::string issuer_url = {};  // where the issuer's certificate can be fetched: caIssuers
};

/// Returns DER. Throws std::runtime_error if OpenSSL refuses.
base::Bytes issue_certificate(const CertificateProfile& profile);

/// Returns the DER of an authority "Sceau Test Issuing CA" with the key "p521". The root has issued it, and it issues
/// the certificates with `by_intermediate`.
base::Bytes intermediate_certificate(const std::string& issuer_url = {});

/// The issuer's own certificate, self-signed: DER, and PEM for `--ca`.
base::Bytes ca_certificate();
std::string ca_certificate_pem();

} // namespace sceau::test
