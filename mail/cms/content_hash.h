// The hashes that a received content may be digested with: more than are signed with here.
#pragma once

#include <optional>
#include <string_view>

namespace sceau::mail::cms {

enum class ContentHash { md5, sha1, sha256, sha384, sha512 };

/// `sha256` → "sha256".
std::string_view to_string(ContentHash hash);
/// Of to_string's name, and of the names that RFC 8551 §3.5.3.2 and those before it have for micalg ("sha-256",
/// "SHA1", "rsa-md5"). None for all others, such as "unknown" or an object identifier.
std::optional<ContentHash> hash_named(std::string_view name);
/// Other contents of the same digest can be made.
bool is_broken(ContentHash hash);

} // namespace sceau::mail::cms
