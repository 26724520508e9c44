// Bytes, and their two spellings in text: hex (keys, digests) and base64 (binary values on the wire).
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

/// 0 to 15, or -1 for a character that is no hex digit.
int hex_value(char digit);

/// Lower case, two digits a byte.
std::string to_hex(BytesView bytes);
/// Either case; an odd count or another character is `bad_message`.
Result<Bytes> from_hex(std::string_view text);

/// RFC 4648 §4 with padding, on one line.
std::string to_base64(BytesView bytes);
/// Strict RFC 4648 §4: padding required, no line breaks, unused bits zero; else `bad_message`.
Result<Bytes> from_base64(std::string_view text);

} // namespace sceau::base
