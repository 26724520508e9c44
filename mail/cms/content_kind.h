// Which kind of CMS structure a file is, according to its own content type (RFC 5652 §3); the one in a mail's header
// may be missing or wrong.
#pragma once

#include "mail/source.h"

#include <array>
#include <cstdint>

namespace sceau::mail::cms {

/// The octets of the object identifier id-signedData (RFC 5652 §5.1).
inline constexpr std::array<std::uint8_t, 9> kSignedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

enum class ContentKind { signed_data, encrypted, other, none };

/// Returns `encrypted` for EnvelopedData, EncryptedData (RFC 5652 §6, §8) and AuthEnvelopedData (RFC 5083), and `none`
/// for anything that is not a ContentInfo. Fails with `io` if the source cannot be read.
base::Result<ContentKind> kind_of(const Source& content_info);

} // namespace sceau::mail::cms
