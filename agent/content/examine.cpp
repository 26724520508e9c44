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

asio::awaitable<Result<Examined>> examine_mail(const ipc::Evidence& evidence, const ToBeSigned& what,
                                               Previews& previews, Asker asker, base::Language language)
{
    CO_TRY_ASSIGN(const auto bcc, claimed_recipients(evidence));
    if (!evidence.content)
        co_return std::unexpected(base::invalid_parameter("evidence.content_fd", "is missing"));
    if (!*evidence.content)
        co_return std::unexpected(evidence.content->error());
    CO_TRY_ASSIGN(auto attributes, check_attributes(evidence, what));
    CO_TRY_ASSIGN(const auto certificate, check_mail_attributes(attributes, what, std::chrono::system_clock::now()));
    CO_TRY_ASSIGN(const auto summary,
                  co_await previews.read(std::move(asker), **evidence.content, base::traits(what.scheme).hash,
                                         attributes.message_digest));
    CO_TRY(check_summary(summary, certificate));
    co_return Examined{.attributes = std::move(attributes),
                       .shown = shown_mail(summary, is_on_behalf(summary, certificate), bcc, language)};
}

} // namespace

asio::awaitable<Result<Examined>> examine(const std::optional<ipc::Evidence>& evidence, const ToBeSigned& what,
                                          Previews& previews, Asker asker, base::Language language)
{
    if (!evidence)
        co_return Examined{};
    switch (evidence->kind) {
    case Kind::mail:
        co_return co_await examine_mail(*evidence, what, previews, std::move(asker), language);
    case Kind::attributes: {
        CO_TRY_ASSIGN(auto attributes, check_attributes(*evidence, what));
        co_return Examined{.attributes = std::move(attributes), .shown = {}};
    }
    case Kind::request: {
        CO_TRY_ASSIGN(const auto request, check_request(*evidence, what));
        co_return Examined{.attributes = std::nullopt, .shown = shown_request(request, language)};
    }
    case Kind::git:
        break;
    }
    co_return std::unexpected(base::unsupported("this agent does not understand evidence of this kind yet"));
}

} // namespace sceau::agent
