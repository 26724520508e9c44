// From a message as a mail program wrote it to multipart/signed (RFC 8551 §3.5.3), without loss: what must be 7-bit is
// re-encoded, everything else stays the same bytes. The caller signs between the two steps:
//
//     TRY_ASSIGN(const Prepared prepared, prepare(message));
//     TRY_ASSIGN(const Bytes digest, prepared.digest(hash));
//     …                                                          // the CMS SignedData over that digest
//     TRY(write_signed(prepared, hash, signature, out));
#pragma once

#include "base/scheme.h"
#include "mail/source.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sceau::mail::mime {

/// A message that is ready to be signed.
struct Prepared {
    std::string outer_header;            // CRLF; everything but Content-*, in its order, without the closing empty line
    Source payload;                      // the part that is signed, in canonical form (RFC 8551 §3.1.1)
    std::vector<std::string> from;       // the addresses of From (RFC 5322 §3.6.2), as addr-spec in UTF-8
    std::optional<std::string> sender;   // of Sender
    std::string subject;                 // decoded, UTF-8
    std::string date;                    // as it is signed
    std::optional<std::string> old_date; // what the message had in place of it, where it was moved

    /// Of the payload's bytes: the content's digest for cms::Draft. `io` when the payload cannot be read.
    base::Result<base::Bytes> digest(base::Hash hash) const;
};

/// The message's header fields are protected as RFC 9788 has it for signed mail (§5.2.1): copied into the payload,
/// marked hp="clear". Date and Message-ID are added where they are missing. `bad_message` with the reason for a message
/// that cannot be signed as it is: damaged MIME, no From or several, content that is not 7-bit and may not be altered,
/// and for one that would not say the same when it is read back.
/// With the moment of the signature, a Date more than a quarter of an hour off moves to it: readers hold the two
/// against each other (Thunderbird calls a signature an hour away from the Date not good).
base::Result<Prepared> prepare(const Source& message,
                               std::optional<std::chrono::system_clock::time_point> moment = std::nullopt);

/// Writes the whole signed message, CRLF throughout: outer header, the payload, and the signature (a DER ContentInfo)
/// as smime.p7s. `hash` is the signature's. The descriptor stays the caller's. `io` when it cannot be written.
base::Result<> write_signed(const Prepared& prepared, base::Hash hash, base::BytesView signature, int out_fd);

} // namespace sceau::mail::mime
