// What a request for a certificate (PKCS #10, RFC 2986) asks for, read from the part that is signed.
#pragma once

#include "base/key_id.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace sceau::mail::cms {

struct CertificationRequest {
    base::KeyId key;                    // the key that is to be certified
    std::string subject;                // one line, RFC 2253 with UTF-8, fit to be shown
    std::string subject_name;           // the common name, or the subject if there is none
    std::vector<std::string> addresses; // that the certificate is to name (see CertificateFacts)
};

/// Reads the DER of a CertificationRequestInfo (§4.1). Fails with `bad_message` unless the bytes are one of at most
/// 64 KiB and nothing more.
base::Result<CertificationRequest> read_certification_request(base::BytesView info);

} // namespace sceau::mail::cms
