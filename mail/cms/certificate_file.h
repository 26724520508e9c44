// Reads certificates in the forms in which files and servers supply them, for folders of issuers (certificate_folder.h)
// and for what `sceau certificates` fetches.
#pragma once

#include "base/bytes.h"

#include <vector>

namespace sceau::mail::cms {

struct CertificateFile {
    std::vector<base::Bytes> certificates; // DER, in the file's order, each once
    bool damaged = false;                  // the file also contains something else, or something that cannot be read
};

/// Reads PEM with any number of certificates and with other things around them; DER with one certificate after the
/// other; and, in either form, the certificates of a SignedData without signers ("certs-only", RFC 5652 §5.1, RFC 5280
/// §4.2.2.1). Reads at most 1000 certificates of at most 64 KiB each.
CertificateFile read_certificate_file(base::BytesView contents);

std::string to_pem(base::BytesView certificate);

} // namespace sceau::mail::cms
