#include "agent/content/evidence.h"

#include "mail/cms/address.h"
#include "mail/cms/certificate.h"

#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

using base::evidence_mismatch;
using base::Result;
using mail::cms::SignedAttributes;
using preview::Reason;

namespace {

constexpr std::chrono::minutes kClockTolerance{10};

bool has_digest(base::BytesView signed_bytes, const ToBeSigned& what)
{
    return std::ranges::equal(base::hash_of(base::traits(what.scheme).hash, signed_bytes), what.digest.bytes());
}

/// Empty if the certificate cannot be read.
std::vector<std::string> addresses_of(base::BytesView certificate)
{
    const auto facts = mail::cms::read_certificate(certificate);
    return facts ? facts->addresses : std::vector<std::string>();
}

bool has_one_of(const std::vector<preview::Mailbox>& mailboxes, const std::vector<std::string>& addresses)
{
    return std::ranges::any_of(mailboxes, [&](const preview::Mailbox& mailbox) {
        return std::ranges::any_of(
            addresses, [&](const std::string& address) { return mail::cms::same_address(mailbox.address, address); });
    });
}

std::string listed(const std::vector<preview::Mailbox>& mailboxes)
{
    std::string all;
    for (const preview::Mailbox& mailbox : mailboxes)
        all += (all.empty() ? "" : ", ") + mailbox.shown;
    return all;
}

std::string told(const preview::Refusal& refusal)
{
    switch (refusal.reason) {
    case Reason::field_repeated:
        return fmt::format("the content has the field {} more than once", refusal.field);
    case Reason::addresses_ambiguous:
        return fmt::format("programs may read other addresses in the content's field {}", refusal.field);
    case Reason::text_ambiguous:
        return fmt::format("programs may read another text in the content's field {}", refusal.field);
    case Reason::parts_ambiguous:
        return "programs may find other parts in the content";
    case Reason::too_many_recipients:
        return fmt::format("the content has more than {} recipients", preview::kRecipientLimit);
    case Reason::too_many_authors:
        return fmt::format("the content has more than {} addresses in the field {}", preview::kAuthorLimit,
                           refusal.field);
    case Reason::address_too_long:
        return fmt::format("an address in the content's field {} is longer than addresses may be", refusal.field);
    case Reason::nested_too_deep:
        return "the content's parts are nested too deep";
    case Reason::too_many_parts:
        return "the content has too many parts";
    case Reason::header_too_large:
        return "the content's header is too large";
    case Reason::over_another_limit:
        return "the content is beyond the limits for mails";
    case Reason::invalid_utf8:
        return fmt::format("the content's field {} is not UTF-8", refusal.field);
    case Reason::unreadable:
        break;
    }
    return "the content cannot be taken apart as a mail";
}

} // namespace

Result<SignedAttributes> check_attributes(const ipc::Evidence& evidence, const ToBeSigned& what)
{
    if (!evidence.attributes)
        return std::unexpected(base::invalid_parameter("evidence.attributes", "is missing"));
    if (!has_digest(*evidence.attributes, what))
        return std::unexpected(evidence_mismatch("the digest is not that of the signed attributes"));
    auto attributes = mail::cms::read_signed_attributes(*evidence.attributes);
    if (!attributes)
        return std::unexpected(evidence_mismatch(attributes.error().message));
    const auto is_named = [&](const base::Bytes& certificate) {
        return mail::cms::is_named_certificate(*attributes, certificate);
    };
    if (!what.certificates.empty() && std::ranges::none_of(what.certificates, is_named))
        return std::unexpected(evidence_mismatch("the signed attributes name the certificate of another key"));
    return attributes;
}

Result<base::Bytes> check_mail_attributes(const SignedAttributes& attributes, const ToBeSigned& what,
                                          std::chrono::system_clock::time_point now)
{
    if (!attributes.of_data)
        return std::unexpected(evidence_mismatch("the signed attributes are not those of a mail (id-data)"));
    if (!attributes.signing_time)
        return std::unexpected(evidence_mismatch("the signed attributes do not say when the mail is signed"));
    if (*attributes.signing_time < now - kClockTolerance || *attributes.signing_time > now + kClockTolerance)
        return std::unexpected(evidence_mismatch("the signing time is more than 10 minutes off"));
    if (attributes.signing_certificate_v2.empty())
        return std::unexpected(evidence_mismatch("the signed attributes do not name the certificate"));
    const auto named = std::ranges::find_if(what.certificates, [&](const base::Bytes& certificate) {
        return mail::cms::is_named_certificate(attributes, certificate);
    });
    if (named == what.certificates.end())
        return std::unexpected(evidence_mismatch("the signed attributes name the certificate of another key"));
    return *named;
}

Result<mail::cms::CertificationRequest> check_request(const ipc::Evidence& evidence, const ToBeSigned& what)
{
    if (!evidence.request)
        return std::unexpected(base::invalid_parameter("evidence.request", "is missing"));
    if (!has_digest(*evidence.request, what))
        return std::unexpected(evidence_mismatch("the digest is not that of the request for a certificate"));
    auto request = mail::cms::read_certification_request(*evidence.request);
    if (!request)
        return std::unexpected(evidence_mismatch(request.error().message));
    if (request->key != what.key)
        return std::unexpected(evidence_mismatch("the request is for a certificate of another key"));
    return request;
}

Result<> check_summary(const preview::Summary& summary, base::BytesView certificate)
{
    if (summary.refusal)
        return std::unexpected(evidence_mismatch(told(*summary.refusal)));
    if (summary.from.empty())
        return std::unexpected(evidence_mismatch("the content does not say who it is from"));
    const std::vector<std::string> addresses = addresses_of(certificate);
    if (!has_one_of(summary.from, addresses) && !has_one_of(summary.sender, addresses))
        return std::unexpected(evidence_mismatch(
            fmt::format("the mail is from {}, and the certificate is for another address", listed(summary.from))));
    return {};
}

bool is_on_behalf(const preview::Summary& summary, base::BytesView certificate)
{
    return !has_one_of(summary.from, addresses_of(certificate));
}

} // namespace sceau::agent
