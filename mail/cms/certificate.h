// What a certificate says about its key and its holder, according to RFC 5280 and RFC 8550.
#pragma once

#include "base/key_id.h"
#include "base/scheme.h"
#include "mail/cms/address.h"

#include <chrono>
#include <string>
#include <vector>

namespace sceau::mail::cms {

struct CertificateFacts {
    base::KeyId key;
    base::Bytes public_key;   // SubjectPublicKeyInfo, DER
    std::string subject;      // one line, RFC 2253 with UTF-8; all the names here are fit to be shown (is_plain)
    std::string subject_name; // the common name, or the subject if there is none
    std::string issuer;       // one line
    std::string issuer_name;  // the common name, or the issuer if there is none
    // subjectAltName rfc822Name, SmtpUTF8Mailbox (RFC 9598) and emailAddress of the subject, each address once
    std::vector<std::string> addresses;
    std::chrono::sys_seconds not_before; // in seconds: the year 9999 does not fit into the system clock's nanoseconds
    std::chrono::sys_seconds not_after;
    std::string algorithm; // "rsa", "ec", "ed25519", otherwise OpenSSL's name
    int bits = 0;
    std::vector<base::Scheme> schemes; // those that the key can be used with, the best for mail first
    bool may_sign = false;             // keyUsage digitalSignature or nonRepudiation, or no keyUsage (RFC 8550 §4.4.2)
    bool may_decrypt = false;          // keyUsage keyEncipherment or keyAgreement, or no keyUsage
    bool for_mail = false;             // no extKeyUsage, or one with emailProtection or any (RFC 8550 §4.4.4)
    bool for_login = false;            // no extKeyUsage, or one with clientAuth or any
    bool is_authority = false;         // basicConstraints CA
};

/// Fails with `bad_message` unless the bytes are one certificate of at most 64 KiB.
base::Result<CertificateFacts> read_certificate(base::BytesView der);

/// Returns the facts about a key without a certificate: its name, `public_key`, `algorithm`, `bits` and `schemes`. Its
/// use is not limited. Fails with `bad_message` unless the bytes are one SubjectPublicKeyInfo.
base::Result<CertificateFacts> read_public_key(base::BytesView info);

/// Returns true if the scheme is one of the certificate's and its key verifies the signature (ECDSA: DER) over the
/// digest.
bool verifies(base::BytesView certificate, base::Scheme scheme, base::BytesView digest, base::BytesView signature);
/// Does the same with a SubjectPublicKeyInfo.
bool verifies_with_key(base::BytesView public_key, base::Scheme scheme, base::BytesView digest,
                       base::BytesView signature);

} // namespace sceau::mail::cms
