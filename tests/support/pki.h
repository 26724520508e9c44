// Certificates of every kind that a test needs, made on the spot with software keys and fixed dates.
#pragma once

#include "mail/cms/openssl.h"

#include <string>
#include <vector>

namespace sceau::test {

using Moment = std::chrono::sys_seconds;

/// For example "20261124101200Z".
Moment moment(const char* generalized_time);

struct Identity {
    mail::cms::X509Ptr certificate;
    mail::cms::EvpPkeyPtr key;

    base::Bytes der() const { return mail::cms::to_der(certificate.get()); }
};

struct Wanted {
    std::string common_name = "Alice Example";
    // As in openssl.cnf: "subjectAltName=email:alice@example.org". "1.2.3=critical,DER:…" works as well.
    std::vector<std::string> extensions = {"subjectAltName=email:alice@example.org",
                                           "keyUsage=critical,digitalSignature", "extendedKeyUsage=emailProtection"};
    const char* not_before = "20260101000000Z";
    const char* not_after = "20280101000000Z";
    std::string email_in_subject = {}; // as the pkcs9 emailAddress
    int form_of_email = V_ASN1_IA5STRING;
    mail::cms::EvpPkeyPtr key = {}; // a new P-256 key if null
};

std::vector<std::string> authority_extensions();
std::vector<std::string> person_extensions(const std::string& subject_alternative_name);

/// The subjectAltName extension with an address of RFC 9598.
std::string smtp_utf8_mailbox(std::string_view address);

/// "P-256", "P-384", "secp256k1", "ED25519" …
mail::cms::EvpPkeyPtr new_key(const char* curve);
/// 512 to 4096 bits. These keys take time to make, so not every test should use them.
mail::cms::EvpPkeyPtr new_rsa_key(unsigned bits);
/// Not a real key, but as large as one with an exponent of that size: nothing verifies with it, however long the
/// calculation takes.
mail::cms::EvpPkeyPtr large_rsa_key(int bits, int bits_of_exponent);

Identity self_signed(Wanted wanted);
Identity issue(const Identity& issuer, Wanted wanted);

/// Returns the issuer's revocation list with these certificates, in PEM, valid in all of 2026 and 2027. Extensions have
/// the same form as those of certificates. In an indirect list the entries are those of `for_issuer`.
std::string revocation_list(const Identity& issuer, const std::vector<const Identity*>& revoked,
                            const std::vector<std::string>& extensions = {}, const Identity* for_issuer = nullptr);

std::string to_pem(const X509* certificate);

/// Returns what a token would answer: the signature over the digest, with ECDSA in DER.
base::Bytes sign_digest(const Identity& signer, base::Scheme scheme, base::BytesView digest);
/// RSADP (RFC 8017 §5.1.2).
base::Bytes decrypt_without_padding(const Identity& holder, base::BytesView ciphertext);
/// ECDH with the other side's uncompressed point.
base::Bytes derive(const Identity& holder, base::BytesView public_key);

} // namespace sceau::test
