#include "mail/cms/content_hash.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <string>

namespace sceau::mail::cms {

std::string_view to_string(ContentHash hash)
{
    switch (hash) {
    case ContentHash::md5:
        return "md5";
    case ContentHash::sha1:
        return "sha1";
    case ContentHash::sha256:
        return "sha256";
    case ContentHash::sha384:
        return "sha384";
    case ContentHash::sha512:
        return "sha512";
    }
    return "";
}

std::optional<ContentHash> hash_named(std::string_view name)
{
    constexpr std::array kAll = {ContentHash::md5, ContentHash::sha1, ContentHash::sha256, ContentHash::sha384,
                                 ContentHash::sha512};
    std::string plain = base::ascii_lower(name);
    if (plain.starts_with("rsa-"))
        plain.erase(0, 4);
    std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == ' ' || c == '\t'; });
    const auto* const found = std::ranges::find_if(kAll, [&](ContentHash hash) { return to_string(hash) == plain; });
    return found != kAll.end() ? std::optional(*found) : std::nullopt;
}

bool is_broken(ContentHash hash)
{
    return hash == ContentHash::md5 || hash == ContentHash::sha1;
}

} // namespace sceau::mail::cms
