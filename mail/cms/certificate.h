// What a certificate says of its key and its holder, by RFC 5280 and RFC 8550.
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
    std::string subject;      // one line, RFC 2253 with UTF-8; like the other names fit to be shown (is_plain)
    std::string subject_name; // the common name, else the subject
    std::string issuer;       // one line
    std::string issuer_name;  // the common name, else the issuer
    // subjectAltName rfc822Name, SmtpUTF8Mailbox (RFC 9598), emailAddress of the subject; each once
    std::vector<std::string> addresses;
    std::chrono::sys_seconds not_before; // in seconds: year 9999 does not fit into the system clock's nanoseconds
    std::chrono::sys_seconds not_after;
    std::string algorithm; // "rsa", "ec", "ed25519", else OpenSSL's name
    int bits = 0;
    std::vector<base::Scheme> schemes; // that the key can be used with, the best for mail first
    bool may_sign = false;             // keyUsage digitalSignature or nonRepudiation, or no keyUsage (RFC 8550 §4.4.2)
    bool may_decrypt = false;          // keyUsage keyEncipherment or keyAgreement, or no keyUsage
    bool for_mail = false;             // extKeyUsage absent, or with emailProtection or any (RFC 8550 §4.4.4)
    bool for_login = false;            // extKeyUsage absent, or with clientAuth or any
    bool is_authority = false;         // basicConstraints CA
};

/// `bad_message` for bytes that are not one certificate of 64 KiB at most.
base::Result<CertificateFacts> read_certificate(base::BytesView der);

/// What a key tells that has no certificate: its name, `public_key`, `algorithm`, `bits` and `schemes`. Nothing limits
/// its use. `bad_message` for bytes that are not one SubjectPublicKeyInfo.
base::Result<CertificateFacts> read_public_key(base::BytesView info);

/// True when the scheme is one of the certificate's and the signature (ECDSA: DER) by its key over the digest is right.
bool verifies(base::BytesView certificate, base::Scheme scheme, base::BytesView digest, base::BytesView signature);
/// The same by a SubjectPublicKeyInfo.
bool verifies_with_key(base::BytesView public_key, base::Scheme scheme, base::BytesView digest,
                       base::BytesView signature);

} // namespace sceau::mail::cms
