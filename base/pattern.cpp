#include "base/pattern.h"

#include <fmt/args.h>
#include <fmt/format.h>

namespace sceau::base {

namespace {

constexpr std::string_view kAny = "{}";

} // namespace

std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern)
{
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t any = pattern.find(kAny);
        const std::string_view fixed = pattern.substr(0, any);
        if (!text.starts_with(fixed))
            return std::nullopt;
        text.remove_prefix(fixed.size());
        if (any == std::string_view::npos)
            return text.empty() ? std::optional(found) : std::nullopt;
        pattern.remove_prefix(any + kAny.size());
        const std::string_view next = pattern.substr(0, pattern.find(kAny));
        const std::size_t end = next.empty() ? text.size() : text.find(next);
        if (end == std::string_view::npos)
            return std::nullopt;
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string filled(std::string_view pattern, const std::vector<std::string_view>& found)
{
    fmt::dynamic_format_arg_store<fmt::format_context> all;
    for (const std::string_view each : found)
        all.push_back(each);
    return fmt::vformat(fmt::string_view(pattern.data(), pattern.size()), all);
}

} // namespace sceau::base
