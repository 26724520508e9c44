// Mail addresses as certificates and headers name them, and the rules for when two of them are the same (RFC 8550 §3,
// RFC 9598 §5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau::mail::cms {

/// The two sides of an addr-spec (RFC 5322 §3.4.1, RFC 6532 §3.2).
struct Address {
    std::string local;  // UTF-8, without the quotes that some local parts are written in
    std::string domain; // lower case, A-labels (RFC 5890 §2.3.2.1)
};

/// Reads a bare address in UTF-8, without display name, comments or angle brackets. Returns nothing if a side is empty,
/// if the domain is invalid, or if the address contains spaces, control characters or characters that hide.
std::optional<Address> parse_address(std::string_view text);

/// Compares domains as A-labels without case, and local parts octet by octet or, if both are ASCII, without case. Text
/// that is not an address equals nothing.
bool same_address(std::string_view one, std::string_view other);

} // namespace sceau::mail::cms
