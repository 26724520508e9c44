#include "agent/content/attestation.h"

#include "base/scheme.h"
#include "preview/summary_hash.h"

#include <sys/random.h>

#include <algorithm>

namespace sceau::agent {

using base::Bytes;
using base::evidence_mismatch;
using base::Result;
using mail::cms::OwnAttributes;
using mail::cms::ShownSummary;

namespace {

constexpr std::size_t kSaltSize = 32; // bytes

Result<Bytes> fresh_salt()
{
    Bytes salt(kSaltSize);
    if (::getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size()))
        return std::unexpected(base::internal("the kernel gave no random bytes"));
    return salt;
}

Bytes salted(const Bytes& salt, const Bytes& head)
{
    Bytes both = salt;
    both.insert(both.end(), head.begin(), head.end());
    return base::hash_of(base::Hash::sha256, both);
}

bool is_same(const Attestation::Connection& one, const Attestation::Connection& other)
{
    return !one.owner_before(other) && !other.owner_before(one);
}

Result<> check_shown(const ShownSummary& said, const preview::Summary& summary)
{
    if (said.version != preview::kSummaryVersion)
        return std::unexpected(evidence_mismatch("the signed attributes say what is shown as another version does"));
    if (said.hash != preview::summary_hash(summary))
        return std::unexpected(evidence_mismatch("the signed attributes say that something else is shown"));
    return {};
}

} // namespace

Result<std::vector<Bytes>> Attestation::attributes_for(const preview::Summary& summary, const Connection& connection,
                                                       Clock::time_point now)
{
    std::vector<Bytes> attributes;
    if (!wanted_)
        return attributes;
    attributes.push_back(mail::cms::encode_attribute(
        ShownSummary{.version = preview::kSummaryVersion, .hash = preview::summary_hash(summary)}));
    const auto head = head_ ? head_() : std::nullopt;
    if (!head)
        return attributes;
    TRY_ASSIGN(Bytes salt, fresh_salt());
    Bytes salted_head = salted(salt, *head);
    attributes.push_back(mail::cms::encode_journal_head(salted_head));
    forget_old(now);
    const auto of_connection = [&](const GivenOut& each) { return is_same(each.connection, connection); };
    if (std::ranges::count_if(given_out_, of_connection) >= static_cast<std::ptrdiff_t>(kMostGivenOut))
        given_out_.erase(std::ranges::find_if(given_out_, of_connection));
    given_out_.push_back(
        {.connection = connection, .at = now, .salted_head = std::move(salted_head), .salt = std::move(salt)});
    return attributes;
}

Result<std::optional<Bytes>> Attestation::check(const OwnAttributes& attributes, const preview::Summary& summary,
                                                const Connection& connection, Clock::time_point now)
{
    if (attributes.shown_summary)
        TRY(check_shown(*attributes.shown_summary, summary));
    const bool lacks_head = !attributes.journal_head && head_ && head_();
    if (wanted_ && (!attributes.shown_summary || lacks_head))
        return std::unexpected(evidence_mismatch("the configuration wants signatures to say what was shown, and this "
                                                 "one would not (policy.attest)"));
    if (!attributes.journal_head)
        return std::nullopt;
    forget_old(now);
    auto salt = salt_of(*attributes.journal_head, connection);
    if (!salt)
        return std::unexpected(
            evidence_mismatch("the signed attributes have a journal's head that was not given out for them"));
    return salt;
}

Result<> Attestation::check_unseen(const OwnAttributes& attributes)
{
    if (attributes != OwnAttributes{})
        return std::unexpected(
            evidence_mismatch("the signed attributes say what is shown, and the content is not here to be shown"));
    return {};
}

void Attestation::forget_old(Clock::time_point now)
{
    std::erase_if(given_out_, [&](const GivenOut& each) { return each.connection.expired() || each.at + kTime < now; });
}

std::optional<Bytes> Attestation::salt_of(base::BytesView salted_head, const Connection& connection)
{
    const auto found = std::ranges::find_if(given_out_, [&](const GivenOut& each) {
        return is_same(each.connection, connection) && std::ranges::equal(each.salted_head, salted_head);
    });
    if (found == given_out_.end())
        return std::nullopt;
    Bytes salt = std::move(found->salt);
    given_out_.erase(found);
    return salt;
}

} // namespace sceau::agent
