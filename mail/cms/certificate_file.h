// Certificates as files and servers give them: for folders of issuers (certificate_folder.h), for what `sceau
// certificates` fetches.
#pragma once

#include "base/bytes.h"

#include <vector>

namespace sceau::mail::cms {

struct CertificateFile {
    std::vector<base::Bytes> certificates; // DER, in their order, each once
    bool damaged = false;                  // there is something else besides, or something that cannot be read
};

/// PEM, with any number of certificates and with other things around them; DER, one certificate after the other; the
/// certificates of a SignedData without signers ("certs-only", RFC 5652 §5.1, RFC 5280 §4.2.2.1) in either. 1000 at
/// most, of 64 KiB at most.
CertificateFile read_certificate_file(base::BytesView contents);

std::string to_pem(base::BytesView certificate);

} // namespace sceau::mail::cms
