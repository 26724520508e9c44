// Turns a message as a mail program wrote it into multipart/signed (RFC 8551 §3.5.3) without loss: content that must be
// 7-bit is re-encoded, and everything else keeps its bytes. The caller signs between the two steps:
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
    std::string outer_header;      // CRLF; everything except Content-*, in its order, without the closing empty line
    Source payload;                // the signed part, in canonical form (RFC 8551 §3.1.1)
    std::vector<std::string> from; // the addresses in From (RFC 5322 §3.6.2), as addr-specs in UTF-8
    std::optional<std::string> sender;   // the address in Sender
    std::vector<std::string> bcc;        // the addresses in Bcc, which is in neither the outer header nor the payload
    std::string subject;                 // decoded, UTF-8
    std::string date;                    // as signed
    std::optional<std::string> old_date; // the message's own date, if it was replaced

    /// Returns the digest of the payload's bytes, which is the content digest for cms::Draft. Fails with `io` if the
    /// payload cannot be read.
    base::Result<base::Bytes> digest(base::Hash hash) const;
};

/// Protects the message's header fields as RFC 9788 specifies for signed mail (§5.2.1): they are copied into the
/// payload and marked hp="clear". Date and Message-ID are added if missing. Fails with `bad_message` and the reason for
/// a message that cannot be signed as it is: damaged MIME, no From or several, content that is not 7-bit and may not be
/// altered, and a message that would not mean the same when it is read back.
/// If the moment of the signature is given, a Date that is more than a quarter of an hour off is moved to it, because
/// readers compare the two (Thunderbird rejects a signature that is an hour away from the Date).
base::Result<Prepared> prepare(const Source& message,
                               std::optional<std::chrono::system_clock::time_point> moment = std::nullopt);

/// Writes the whole signed message with CRLF throughout: the outer header, the payload, and the signature (a DER
/// ContentInfo) as smime.p7s. `hash` is the signature's. The caller keeps the descriptor. Fails with `io` if it cannot
/// be written.
base::Result<> write_signed(const Prepared& prepared, base::Hash hash, base::BytesView signature, int out_fd);

} // namespace sceau::mail::mime
