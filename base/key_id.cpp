#include "base/key_id.h"

#include "base/scheme.h"

#include <algorithm>

namespace sceau::base {

KeyId KeyId::of_public_key(BytesView subject_public_key_info)
{
    KeyId id;
    std::ranges::copy(hash_of(Hash::sha256, subject_public_key_info), id.bytes_.begin());
    return id;
}

Result<KeyId> KeyId::parse(std::string_view hex)
{
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->size() != kSize)
        return std::unexpected(invalid_parameter("key", "a key is named by 64 hex digits"));
    KeyId id;
    std::ranges::copy(*bytes, id.bytes_.begin());
    return id;
}

bool is_key_name(std::string_view text)
{
    constexpr std::size_t kShortest = 8;
    return text.size() >= kShortest && text.size() <= 2 * KeyId::kSize &&
           std::ranges::all_of(text, [](char digit) { return hex_value(digit) >= 0; });
}

} // namespace sceau::base
