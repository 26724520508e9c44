// Mail addresses as certificates and headers name them, and when two of them are the same (RFC 8550 §3, RFC 9598 §5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau::mail::cms {

/// An addr-spec (RFC 5322 §3.4.1, RFC 6532 §3.2) in its two sides.
struct Address {
    std::string local;  // UTF-8, without the quotes that some are written in
    std::string domain; // lower case, A-labels (RFC 5890 §2.3.2.1)
};

/// Of a bare address in UTF-8, without display name, comments or angle brackets. None where a side is empty, where the
/// domain is none, or where it holds spaces, controls or characters that hide.
std::optional<Address> parse_address(std::string_view text);

/// Domains compared without case and as A-labels; local parts octet for octet or, where both are ASCII, without case.
/// What is no address is the same as nothing.
bool same_address(std::string_view one, std::string_view other);

} // namespace sceau::mail::cms
