#include "mail/cms/address.h"

#include "base/ascii.h"
#include "base/display_text.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace sceau::mail::cms {

namespace {

struct Idn2Free {
    void operator()(char* text) const { idn2_free(text); }
};

constexpr std::size_t kLongestAddress = 1024; // bytes; RFC 5321 §4.5.3.1 allows 64 + 1 + 255 octets

/// Removes the quotes of a quoted-string (RFC 5322 §3.2.4) from a local part: "a.b"@x and a.b@x are the same mailbox.
std::string unquoted(std::string_view local)
{
    if (local.size() < 2 || local.front() != '"' || local.back() != '"')
        return std::string(local);
    std::string plain;
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
        if (local[i] == '\\' && i + 2 < local.size())
            ++i;
        plain += local[i];
    }
    return plain;
}

/// The result of IDNA's mapping must look like a host name, because the mapping turns a full-width "@" into "@", for
/// example.
bool is_host_name(std::string_view name)
{
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    return !name.empty() && name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos &&
           name.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<std::string> to_a_labels(const std::string& domain)
{
    char* converted = nullptr;
    const int status = idn2_to_ascii_8z(domain.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, Idn2Free> owner(converted);
    // IDNA refuses some names that are in use, such as those with an underscore. They are compared as they are.
    std::string name = base::ascii_lower(status == IDN2_OK ? std::string_view(converted) : std::string_view(domain));
    return is_host_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

} // namespace

std::optional<Address> parse_address(std::string_view text)
{
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > kLongestAddress ||
        !base::is_plain(text))
        return std::nullopt;
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    if (local.front() != '"' && local.find_first_of(" \"<>()@,;:\\") != std::string_view::npos)
        return std::nullopt;
    auto labels = to_a_labels(std::string(domain));
    if (!labels)
        return std::nullopt;
    return Address{unquoted(local), *std::move(labels)};
}

bool same_address(std::string_view one, std::string_view other)
{
    const auto first = parse_address(one);
    const auto second = parse_address(other);
    if (!first || !second || first->domain != second->domain)
        return false;
    if (base::is_ascii(first->local) && base::is_ascii(second->local))
        return base::ascii_lower(first->local) == base::ascii_lower(second->local);
    return first->local == second->local;
}

} // namespace sceau::mail::cms
