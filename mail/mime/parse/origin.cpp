#include "mail/mime/parse/origin.h"

#include "base/ascii.h"
#include "base/display_text.h"
#include "mail/cms/address.h"
#include "mail/mime/parse/bare_text.h"

#include <algorithm>

namespace sceau::mail::mime {

namespace {

/// Counts the "@" signs where only addresses can have them.
std::size_t bare_at_signs(std::string_view raw)
{
    return static_cast<std::size_t>(std::ranges::count(bare_text(raw), '@'));
}

/// Counts all "@" signs, including characters that only look like one.
std::size_t all_at_signs(std::string_view text)
{
    std::size_t count = 0;
    for (const std::string_view sign : {"@", "\uFF20", "\uFE6B"}) {
        for (auto at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at + sign.size()))
            ++count;
    }
    return count;
}

bool repeats_address(const Mailbox& mailbox)
{
    return cms::same_address(mailbox.name, mailbox.address);
}

void warn_of(const std::string& name, const std::string& raw, const std::vector<Mailbox>& mailboxes, Origin& origin)
{
    std::string decoded = read_unstructured(raw);
    std::ranges::replace(decoded, '\t', ' '); // tabs come from folds
    const auto repeated = static_cast<std::size_t>(std::ranges::count_if(mailboxes, repeats_address));
    if (!base::is_plain(decoded))
        origin.warnings.push_back({.what = Found::hidden_characters, .field = name});
    if (all_at_signs(decoded) > mailboxes.size() + repeated)
        origin.warnings.push_back({.what = Found::like_an_address, .field = name});
    for (const Mailbox& mailbox : mailboxes) {
        const auto address = cms::parse_address(mailbox.address);
        if (address && !base::is_ascii(mailbox.address.substr(mailbox.address.rfind('@'))))
            origin.warnings.push_back({.what = Found::like_another_domain,
                                       .value = base::made_plain(mailbox.address),
                                       .other = address->domain});
    }
}

std::vector<std::string> addresses_in(const Entity& entity, const std::string& name, Origin& origin)
{
    const HeaderField* field = entity.field(name);
    if (field == nullptr)
        return {};
    const std::vector<Mailbox> mailboxes = read_mailboxes(field->value);
    const auto repeated = static_cast<std::size_t>(std::ranges::count_if(mailboxes, repeats_address));
    const std::size_t signs = bare_at_signs(field->value);
    if (signs < mailboxes.size() || signs > mailboxes.size() + repeated)
        origin.defects.push_back({.what = Found::addresses_unclear, .field = name});
    warn_of(name, field->value, mailboxes, origin);
    std::vector<std::string> addresses;
    std::ranges::transform(mailboxes, std::back_inserter(addresses), &Mailbox::address);
    return addresses;
}

} // namespace

Origin read_origin(const Entity& header_of)
{
    Origin origin;
    for (const char* name : kAllowedOnce)
        if (header_of.count(name) > 1)
            origin.defects.push_back({.what = Found::several_fields, .field = name});
    origin.from = addresses_in(header_of, "From", origin);
    const std::vector<std::string> senders = addresses_in(header_of, "Sender", origin);
    if (senders.size() > 1)
        origin.defects.push_back({.what = Found::several_senders}); // RFC 5322 §3.6.2
    else if (!senders.empty())
        origin.sender = senders.front();
    return origin;
}

Match match(const Origin& origin, const std::vector<std::string>& addresses)
{
    const auto is_signers = [&](const std::string& address) {
        return std::ranges::any_of(addresses,
                                   [&](const std::string& other) { return cms::same_address(address, other); });
    };
    if (!origin.from.empty() && std::ranges::all_of(origin.from, is_signers))
        return Match::from;
    return is_signers(origin.sender) && !origin.from.empty() ? Match::sender : Match::none;
}

bool shares_domain(const Origin& origin)
{
    const auto sender = cms::parse_address(origin.sender);
    return sender && std::ranges::all_of(origin.from, [&](const std::string& text) {
               const auto from = cms::parse_address(text);
               return from && from->domain == sender->domain;
           });
}

} // namespace sceau::mail::mime
