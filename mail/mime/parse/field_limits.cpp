#include "mail/mime/parse/field_limits.h"

#include "mail/limit.h"
#include "mail/mime/parse/bare_text.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kGroupDepthLimit = 20;
constexpr std::ptrdiff_t kColonLimit = 5'000;
constexpr std::ptrdiff_t kAddressLimit = 50'000;
constexpr std::size_t kAddressListLimit = 1 << 20;
constexpr std::size_t kAddressListsLimit = 2 << 20;
constexpr std::size_t kSubjectLimit = 1 << 20;
constexpr std::size_t kContentFieldLimit = 64 << 10;
constexpr std::ptrdiff_t kParameterLimit = 50'000;

/// Returns how deep groups are nested, counting colons that no semicolon has closed.
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

/// Returns the most addresses that a lenient parser may find: some end an address without a comma.
std::ptrdiff_t most_addresses(std::string_view value)
{
    return std::max({std::ranges::count(value, ','), std::ranges::count(value, '@'), std::ranges::count(value, '<')});
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

Result<> FieldLimits::check(const HeaderField& field)
{
    if (is_address_list(field))
        return check_address_list(field);
    if (field.is_content())
        return check_content_field(field);
    if (field.is("Subject") && field.value.size() > kSubjectLimit)
        return std::unexpected(over(Limit::subject));
    return {};
}

Result<> FieldLimits::check_address_list(const HeaderField& field)
{
    lists_size_ += field.value.size();
    if (field.value.size() > kAddressListLimit || lists_size_ > kAddressListsLimit)
        return std::unexpected(over(Limit::address_list));
    colons_ += std::ranges::count(field.value, ':');
    if (group_depth(field.value) > kGroupDepthLimit || colons_ > kColonLimit)
        return std::unexpected(over(Limit::groups));
    addresses_ += most_addresses(field.value);
    if (addresses_ > kAddressLimit)
        return std::unexpected(over(Limit::addresses));
    return {};
}

Result<> FieldLimits::check_content_field(const HeaderField& field)
{
    if (field.value.size() > kContentFieldLimit)
        return std::unexpected(over(Limit::content_field));
    parameters_ += std::ranges::count(field.value, ';');
    return parameters_ > kParameterLimit ? std::unexpected(over(Limit::parameters)) : Result<>();
}

} // namespace sceau::mail::mime
