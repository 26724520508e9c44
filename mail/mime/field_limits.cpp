#include "mail/mime/field_limits.h"

#include "mail/limit.h"
#include "mail/mime/bare_text.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kGroupDepthLimit = 20;
constexpr std::ptrdiff_t kColonLimit = 5'000;
constexpr std::ptrdiff_t kCommaLimit = 50'000;
constexpr std::size_t kAddressListLimit = 1 << 20;
constexpr std::size_t kContentFieldLimit = 64 << 10;

/// How deep groups are nested: colons that no semicolon has closed.
std::size_t group_depth(std::string_view value)
{
    std::size_t depth = 0;
    std::size_t deepest = 0;
    for (const char c : bare_text(value)) {
        if (c == ':')
            deepest = std::max(deepest, ++depth);
        else if (c == ';' && depth > 0)
            --depth;
    }
    return deepest;
}

Result<> check_address_list(const HeaderField& field)
{
    if (field.value.size() > kAddressListLimit)
        return std::unexpected(over(Limit::address_list, "the field " + field.name + " is larger than 1 MiB"));
    if (group_depth(field.value) > kGroupDepthLimit || std::ranges::count(field.value, ':') > kColonLimit)
        return std::unexpected(over(Limit::groups, "the groups in the field " + field.name + " are nested too deep"));
    if (std::ranges::count(field.value, ',') > kCommaLimit)
        return std::unexpected(over(Limit::addresses, "the field " + field.name + " has more than 50,000 addresses"));
    return {};
}

} // namespace

bool is_address_list(const HeaderField& field)
{
    constexpr std::array kNames = {"From",
                                   "Sender",
                                   "Reply-To",
                                   "To",
                                   "Cc",
                                   "Bcc",
                                   "Resent-From",
                                   "Resent-Sender",
                                   "Resent-Reply-To",
                                   "Resent-To",
                                   "Resent-Cc",
                                   "Resent-Bcc",
                                   "Disposition-Notification-To"};
    return std::ranges::any_of(kNames, [&](const char* name) { return field.is(name); });
}

Result<> check_limits(const HeaderField& field)
{
    if (is_address_list(field))
        return check_address_list(field);
    if (field.is_content() && field.value.size() > kContentFieldLimit)
        return std::unexpected(over(Limit::content_field, "the field " + field.name + " is larger than 64 KiB"));
    return {};
}

} // namespace sceau::mail::mime
