// From a message as a mail program wrote it to multipart/signed (RFC 8551 §3.5.3), without loss: what must be 7-bit is
// re-encoded, everything else stays the same bytes.
#pragma once

#include "base/scheme.h"
#include "mail/source.h"

#include <string>
#include <vector>

namespace sceau::mail::mime {

/// A message that is ready to be signed.
struct Prepared {
    std::string outer_header;          // CRLF; everything but Content-*, in its order, without the closing empty line
    Source payload;                    // the part that is signed, in canonical form (RFC 8551 §3.1.1)
    std::vector<std::string> from;     // the addresses of From (RFC 5322 §3.6.2), as addr-spec in UTF-8
    std::optional<std::string> sender; // of Sender
    std::string subject;               // decoded, UTF-8

    base::Result<base::Bytes> digest(base::Hash hash) const;
};

/// `bad_message` with the reason for a message that cannot be signed as it is.
base::Result<Prepared> prepare(const Source& message);

/// Writes the whole signed message: outer header, the payload, and the signature (a DER ContentInfo) as smime.p7s.
base::Result<> write_signed(const Prepared& prepared, base::Hash hash, base::BytesView signature, int out_fd);

} // namespace sceau::mail::mime
