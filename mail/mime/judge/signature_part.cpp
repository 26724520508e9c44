#include "mail/mime/judge/signature_part.h"

#include "mail/mime/parse/decoding.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;

bool names_another_hash(const Entity& multipart, const std::vector<cms::ContentHash>& hashes)
{
    const std::string names = multipart.content_type.parameter("micalg").value_or("");
    std::vector<cms::ContentHash> named;
    for (std::size_t at = 0; at < names.size();) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        const auto hash = cms::hash_named(std::string_view(names).substr(at, end - at));
        if (!hash)
            return false;
        named.push_back(*hash);
        at = end + 1;
    }
    return !named.empty() && std::ranges::any_of(hashes, [&](cms::ContentHash hash) {
        return std::ranges::find(named, hash) == named.end();
    });
}

Result<bool> holds_more_than_base64(const Source& source, const Entity& part)
{
    if (part.encoding != Encoding::base64)
        return false;
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bool padded = false;
    bool more = false;
    TRY(stream(source, part.body, [&](std::string_view piece) -> Result<> {
        for (const char c : piece) {
            const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            padded = padded || c == '=';
            const bool of_base64 = blank || c == '=' || (!padded && kLetters.find(c) != std::string_view::npos);
            more = more || !of_base64;
        }
        return {};
    }));
    return more;
}

} // namespace sceau::mail::mime
