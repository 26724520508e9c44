// Takes the content out of a SignedData (RFC 5652 §5), so that a message of any size is verified in little memory:
// what is left, certificates and signatures, is small and goes to OpenSSL; the content stays a file.
#pragma once

#include "mail/source.h"

#include <optional>

namespace sceau::mail::cms {

struct Separated {
    base::Bytes signed_data;       // the ContentInfo in BER, without its content: as if it were detached
    std::optional<Source> content; // the octets of eContent where there was one, an empty one too
    bool bytes_behind = false;     // something stands behind the ContentInfo that is none of it
};

/// Of a ContentInfo in DER or BER. `bad_message` when it is none with a SignedData, or when more than 4 MiB of it or
/// more than 256 certificates are not content. `io` when the source cannot be read or the content cannot be written.
base::Result<Separated> remove_content(const Source& content_info);

} // namespace sceau::mail::cms
