#include "agent/requests/describe_content.h"

#include "agent/person/dialog_environment.h"

namespace sceau::agent {

using base::Result;

namespace {

/// Also finds those of a token that was seen and is not plugged in now.
asio::awaitable<Result<std::vector<base::Bytes>>> certificates_of(TokenDirectory& tokens, base::KeyId key,
                                                                  Clock::time_point deadline)
{
    if (tokens.inventory().find(key, Purpose::sign) == nullptr)
        CO_TRY(co_await tokens.discover());
    while (tokens.inventory().find(key, Purpose::sign) == nullptr) {
        CO_TRY_ASSIGN(const auto known, tokens.expected(key));
        if (known)
            co_return std::vector<base::Bytes>{known->certificate};
        CO_TRY(co_await tokens.look_again(deadline));
    }
    co_return tokens.inventory().certificates_of(key);
}

/// The session is not asked for its language if nothing is to be told.
asio::awaitable<Result<base::Language>> language_for(const ipc::DescribeContent::Parameters& request)
{
    if (request.attributes_only.value_or(false))
        co_return base::Language::english;
    std::string locale = request.locale.value_or("");
    if (locale.empty()) {
        CO_TRY_ASSIGN(locale, co_await session_locale());
    }
    co_return base::language_of(locale);
}

} // namespace

asio::awaitable<Result<ipc::Reply>> describe_content(UseOfKey::Means means, Examination& examination,
                                                     const ipc::Peer& peer,
                                                     const ipc::DescribeContent::Parameters& request)
{
    const bool attributes_only = request.attributes_only.value_or(false);
    if (attributes_only && !examination.attestation.is_wanted())
        co_return ipc::DescribeContent::Reply{};
    if (!request.content)
        co_return std::unexpected(base::invalid_parameter("content_fd", "is missing"));
    if (!*request.content)
        co_return std::unexpected(request.content->error());
    const auto deadline = Clock::now() + means.config.token_wait;
    CO_TRY_ASSIGN(const auto certificates, co_await certificates_of(means.tokens, request.key, deadline));
    CO_TRY(means.policy.permits_key(peer.executable, request.key, Clock::now()));
    CO_TRY_ASSIGN(const base::Language language, co_await language_for(request));
    const ForWhom whom{.asker = asker_of(peer), .connection = peer.connection, .language = language};
    CO_TRY_ASSIGN(Described described, co_await describe(**request.content, certificates, examination, whom));
    ipc::DescribeContent::Reply reply{.attributes = std::move(described.attributes)};
    if (!attributes_only)
        reply.shown = std::move(described.shown);
    co_return reply;
}

} // namespace sceau::agent
