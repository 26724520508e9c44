// What a CMS structure is, by the name it bears itself (RFC 5652 §3): that of a mail's header may be missing or wrong.
#pragma once

#include "mail/source.h"

#include <array>
#include <cstdint>

namespace sceau::mail::cms {

/// id-signedData (RFC 5652 §5.1), the octets of its object identifier.
inline constexpr std::array<std::uint8_t, 9> kSignedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

enum class ContentKind { signed_data, encrypted, other, none };

/// `encrypted` for EnvelopedData, EncryptedData (RFC 5652 §6, §8) and AuthEnvelopedData (RFC 5083); `none` for what
/// is no ContentInfo. `io` when the source cannot be read.
base::Result<ContentKind> kind_of(const Source& content_info);

} // namespace sceau::mail::cms
