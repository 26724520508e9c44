// Bytes and their two text forms: hex (keys, digests) and base64 (binary values on the wire).
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

BytesView as_bytes(std::string_view text);
std::string_view as_text(BytesView bytes);

/// Returns 0 to 15, or -1 if the character is not a hex digit.
int hex_value(char digit);

/// Writes two lower-case digits for each byte.
std::string to_hex(BytesView bytes);
/// Accepts both cases. Fails with `bad_message` for an odd number of digits or any other character.
Result<Bytes> from_hex(std::string_view text);

/// Writes RFC 4648 §4 base64 with padding, on one line.
std::string to_base64(BytesView bytes);
/// Accepts only strict RFC 4648 §4: padding is required, line breaks are not allowed, unused bits are zero. Otherwise
/// fails with `bad_message`.
Result<Bytes> from_base64(std::string_view text);

} // namespace sceau::base
