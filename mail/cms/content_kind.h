// What a CMS structure is, by the name it bears itself (RFC 5652 §3): that of a mail's header may be missing or wrong.
#pragma once

#include "mail/source.h"

namespace sceau::mail::cms {

enum class ContentKind { signed_data, encrypted, other };

/// `encrypted` for EnvelopedData, EncryptedData (RFC 5652 §6, §8) and AuthEnvelopedData (RFC 5083); `other` for what is
/// no ContentInfo, too. `io` when the source cannot be read.
base::Result<ContentKind> kind_of(const Source& content_info);

} // namespace sceau::mail::cms
