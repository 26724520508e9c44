// Takes the content out of a SignedData (RFC 5652 §5), so that a message of any size can be verified in little memory.
// The remaining certificates and signatures are small and go to OpenSSL; the content stays in a file.
#pragma once

#include "mail/source.h"

#include <optional>

namespace sceau::mail::cms {

struct Separated {
    base::Bytes signed_data;       // the ContentInfo in BER without its content, as if it were detached
    std::optional<Source> content; // the octets of eContent if there was one, even an empty one
    bool bytes_behind = false;     // other bytes follow the ContentInfo
};

/// Reads a ContentInfo in DER or BER. Fails with `bad_message` if it does not contain a SignedData, or has more than 4
/// MiB or more than 256 certificates besides the content. Fails with `io` if the source cannot be read or the content
/// cannot be written.
base::Result<Separated> remove_content(const Source& content_info);

} // namespace sceau::mail::cms
