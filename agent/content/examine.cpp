#include "agent/content/examine.h"

#include "agent/content/shown.h"
#include "base/display_text.h"

namespace sceau::agent {

using base::Result;
using Kind = ipc::Evidence::Kind;

namespace {

Result<std::vector<std::string>> claimed_recipients(const ipc::Evidence& evidence)
{
    std::vector<std::string> recipients;
    for (const std::string& address : evidence.bcc.value_or(std::vector<std::string>())) {
        if (recipients.size() == preview::kRecipientLimit)
            return std::unexpected(base::invalid_parameter("evidence.bcc", "has too many addresses"));
        if (address.size() > preview::kAddressLimit)
            return std::unexpected(base::invalid_parameter("evidence.bcc", "has an address that is too long"));
        recipients.push_back(base::shown(address, preview::kAddressLimit));
    }
    return recipients;
}

/// Returns the one of the certificates with which the content may be signed.
Result<base::Bytes> fitting(const std::vector<base::Bytes>& certificates, const preview::Summary& summary)
{
    Result<> last = check_summary(summary, {});
    for (const base::Bytes& certificate : certificates)
        if (last = check_summary(summary, certificate); last)
            return certificate;
    return std::unexpected(std::move(last).error());
}

asio::awaitable<Result<Examined>> examine_mail(const ipc::Evidence& evidence, const ToBeSigned& what,
                                               Examination& examination, const ForWhom& whom)
{
    CO_TRY_ASSIGN(const auto bcc, claimed_recipients(evidence));
    if (!evidence.content)
        co_return std::unexpected(base::invalid_parameter("evidence.content_fd", "is missing"));
    if (!*evidence.content)
        co_return std::unexpected(evidence.content->error());
    CO_TRY_ASSIGN(auto attributes, check_attributes(evidence, what));
    CO_TRY_ASSIGN(const auto certificate, check_mail_attributes(attributes, what, std::chrono::system_clock::now()));
    CO_TRY_ASSIGN(const auto summary,
                  co_await examination.previews.read(whom.asker, **evidence.content, base::traits(what.scheme).hash,
                                                     attributes.message_digest));
    CO_TRY(check_summary(summary, certificate));
    CO_TRY_ASSIGN(auto salt, examination.attestation.check(attributes.own, summary, whom.connection, Clock::now()));
    co_return Examined{.attributes = std::move(attributes),
                       .shown = shown_mail(summary, is_on_behalf(summary, certificate), bcc, whom.language),
                       .salt = std::move(salt)};
}

} // namespace

asio::awaitable<Result<Examined>> examine(const std::optional<ipc::Evidence>& evidence, const ToBeSigned& what,
                                          Examination& examination, const ForWhom& whom)
{
    if (!evidence)
        co_return Examined{};
    switch (evidence->kind) {
    case Kind::mail:
        co_return co_await examine_mail(*evidence, what, examination, whom);
    case Kind::attributes: {
        CO_TRY_ASSIGN(auto attributes, check_attributes(*evidence, what));
        CO_TRY(Attestation::check_unseen(attributes.own));
        co_return Examined{.attributes = std::move(attributes), .shown = {}};
    }
    case Kind::request: {
        CO_TRY_ASSIGN(const auto request, check_request(*evidence, what));
        co_return Examined{.attributes = std::nullopt, .shown = shown_request(request, whom.language)};
    }
    case Kind::git:
        break;
    }
    co_return std::unexpected(base::unsupported("this agent does not understand evidence of this kind yet"));
}

asio::awaitable<Result<Described>> describe(const base::SealedMemory& content,
                                            const std::vector<base::Bytes>& certificates, Examination& examination,
                                            const ForWhom& whom)
{
    CO_TRY_ASSIGN(const auto summary, co_await examination.previews.read(whom.asker, content));
    CO_TRY_ASSIGN(const base::Bytes certificate, fitting(certificates, summary));
    CO_TRY_ASSIGN(auto attributes, examination.attestation.attributes_for(summary, whom.connection, Clock::now()));
    co_return Described{.attributes = std::move(attributes),
                        .shown = shown_mail(summary, is_on_behalf(summary, certificate), {}, whom.language)};
}

} // namespace sceau::agent
