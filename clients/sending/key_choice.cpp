#include "clients/sending/key_choice.h"

#include "base/ascii.h"
#include "mail/cms/certificate.h"

#include <algorithm>
#include <set>

namespace sceau::sending {

using base::Result;
using mail::cms::CertificateFacts;
using mail::mime::Match;

namespace {

// Rates how well the certificate's addresses fit the mail's.
Match match(const CertificateFacts& facts, const Senders& senders)
{
    const bool is_wanted = senders.wanted.empty() || std::ranges::any_of(facts.addresses, [&](const std::string& own) {
                               return mail::cms::same_address(own, senders.wanted);
                           });
    return is_wanted ? mail::mime::match(senders.origin, facts.addresses) : Match::none;
}

std::optional<Unfit> unfit(const ipc::Key& key, const CertificateFacts& facts, Moment now)
{
    if (now > facts.not_after)
        return Unfit::expired;
    if (now < facts.not_before)
        return Unfit::not_yet_valid;
    if (!facts.may_sign)
        return Unfit::may_not_sign;
    if (!facts.for_mail)
        return Unfit::not_for_mail;
    if (key.schemes.empty())
        return Unfit::no_scheme;
    return std::nullopt;
}

struct Fit {
    const ipc::Key* key;
    Match match;
    Moment not_before;

    bool is_shown() const { return key->private_key == ipc::PrivateKey::seen; }
};

// Prefers what the token shows over what is newer, because a newer certificate may be there without its key.
bool better(const Fit& one, const Fit& other)
{
    if (const bool absent = one.key->absent.value_or(false); absent != other.key->absent.value_or(false))
        return !absent;
    if (one.match != other.match)
        return one.match < other.match;
    return one.is_shown() != other.is_shown() ? one.is_shown() : one.not_before > other.not_before;
}

std::optional<Unfit> unfit_without_certificate(const ipc::Key& key)
{
    if (key.private_key == ipc::PrivateKey::missing)
        return Unfit::missing;
    if (key.certificate.empty())
        return Unfit::no_certificate;
    return std::nullopt;
}

std::expected<Fit, Unfit> examine(const ipc::Key& key, const Senders& senders, Moment now)
{
    if (const auto reason = unfit_without_certificate(key))
        return std::unexpected(*reason);
    const auto facts = mail::cms::read_certificate(key.certificate);
    if (!facts)
        return std::unexpected(Unfit::unreadable);
    const Match fit = match(*facts, senders);
    if (fit == Match::none)
        return std::unexpected(Unfit::other_address);
    if (const auto reason = unfit(key, *facts, now))
        return std::unexpected(*reason);
    return Fit{.key = &key, .match = fit, .not_before = facts->not_before};
}

} // namespace

std::optional<Unfit> unfit_for_mail(const ipc::Key& key, Moment now)
{
    if (const auto reason = unfit_without_certificate(key))
        return reason;
    const auto facts = mail::cms::read_certificate(key.certificate);
    return facts ? unfit(key, *facts, now) : Unfit::unreadable;
}

std::vector<std::string> Senders::addresses() const
{
    if (!wanted.empty())
        return {wanted};
    std::vector<std::string> all = origin.from;
    if (!origin.sender.empty())
        all.push_back(origin.sender);
    return all;
}

std::expected<ipc::Key, NoKeyFits> choose_key(const std::vector<ipc::Key>& keys, const Senders& senders, Moment now)
{
    std::optional<Fit> best;
    NoKeyFits none{.senders = senders.addresses(), .keys = {}};
    for (const ipc::Key& key : keys) {
        const auto fit = examine(key, senders, now);
        if (!fit)
            none.keys.push_back({.key = key, .reason = fit.error()});
        else if (!best || better(*fit, *best))
            best = *fit;
    }
    if (!best)
        return std::unexpected(std::move(none));
    return *best->key;
}

Result<std::vector<ipc::Key>> keys_named(const std::vector<ipc::Key>& keys, std::string_view name)
{
    if (!base::is_key_name(name))
        return std::unexpected(
            base::invalid_parameter("key", "a key is named by 64 hex digits, or the first 8 or more"));
    const std::string digits = base::ascii_lower(name);
    std::vector<ipc::Key> named;
    std::set<base::KeyId> ids;
    for (const ipc::Key& key : keys)
        if (key.id.hex().starts_with(digits)) {
            named.push_back(key);
            ids.insert(key.id);
        }
    if (ids.empty())
        return std::unexpected(base::key_not_found("no token that is plugged in has the key " + digits));
    if (ids.size() > 1)
        return std::unexpected(
            base::invalid_parameter("key", "several keys are named " + digits + "…: give more of it"));
    return named;
}

} // namespace sceau::sending
