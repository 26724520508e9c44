// The hashes that a received content may be digested with. There are more of them than Sceau signs with.
#pragma once

#include <optional>
#include <string_view>

namespace sceau::mail::cms {

enum class ContentHash { md5, sha1, sha256, sha384, sha512 };

/// Returns the enumerator's name.
std::string_view to_string(ContentHash hash);
/// Returns the hash for to_string's name, or for a name of micalg in RFC 8551 §3.5.3.2 or its predecessors ("sha-256",
/// "SHA1", "rsa-md5"). Returns nothing for all other names, such as "unknown" or an object identifier.
std::optional<ContentHash> hash_named(std::string_view name);
/// Returns whether other contents with the same digest can be made.
bool is_broken(ContentHash hash);

} // namespace sceau::mail::cms
