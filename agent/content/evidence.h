// Checks what a client says of the content against what is really signed. The agent links no mail parser: what is in a
// mail comes from sceau-preview, as values that are only shown, or compared with the certificate.
#pragma once

#include "base/digest.h"
#include "ipc/messages.h"
#include "mail/cms/certification_request.h"
#include "mail/cms/signed_attributes.h"
#include "preview/summary.h"

#include <chrono>

namespace sceau::agent {

/// What is signed, under which key.
struct ToBeSigned {
    base::Scheme scheme;
    base::Digest digest;
    base::KeyId key;
    std::vector<base::Bytes> certificates; // of the key, DER
};

/// Checks the attributes of evidence of kind `attributes` or `mail`. Fails with `invalid_parameter` if there are none,
/// and with `evidence_mismatch` unless the digest is that of the attributes under the scheme's hash, the attributes can
/// be read, and any certificate that they name is one of the key's.
base::Result<mail::cms::SignedAttributes> check_attributes(const ipc::Evidence& evidence, const ToBeSigned& what);

/// Attributes of a mail whose content is shown must say more: that the content is data, when it is signed (within ten
/// minutes of `now`) and with which of the key's certificates (RFC 5035), which is returned. Fails with
/// `evidence_mismatch`.
base::Result<base::Bytes> check_mail_attributes(const mail::cms::SignedAttributes& attributes, const ToBeSigned& what,
                                                std::chrono::system_clock::time_point now);

/// Checks evidence of kind `request`. Fails with `invalid_parameter` if there is none, and with `evidence_mismatch`
/// unless the digest is the request's and the request is for the key that signs it.
base::Result<mail::cms::CertificationRequest> check_request(const ipc::Evidence& evidence, const ToBeSigned& what);

/// Fails with `evidence_mismatch` if the content may not be signed at all (preview::Refusal), or if neither From nor
/// Sender has an address of the certificate (DER).
base::Result<> check_summary(const preview::Summary& summary, base::BytesView certificate);

/// Returns whether the certificate's holder is the sender on behalf of those in From (RFC 5322 §3.6.2).
bool is_on_behalf(const preview::Summary& summary, base::BytesView certificate);

} // namespace sceau::agent
