#include "agent/requests/listing.h"

#include "agent/requests/wire.h"

namespace sceau::agent {

using base::Result;

namespace {

asio::awaitable<Result<>> discover_for(TokenDirectory& tokens, bool refresh)
{
    if (refresh)
        co_return co_await tokens.discover_afresh();
    co_return co_await tokens.discover();
}

} // namespace

asio::awaitable<Result<ipc::Reply>> list_tokens(TokenDirectory& tokens, const Config& config,
                                                const ipc::ListTokens::Parameters& wanted)
{
    CO_TRY(co_await discover_for(tokens, wanted.refresh.value_or(false)));
    co_return ipc::ListTokens::Reply{.tokens = wire_tokens(tokens.inventory(), config),
                                     .obstacles = tokens.obstacles()};
}

asio::awaitable<Result<ipc::Reply>> list_keys(TokenDirectory& tokens, const ipc::ListKeys::Parameters& wanted)
{
    CO_TRY(co_await discover_for(tokens, wanted.refresh.value_or(false)));
    co_return ipc::ListKeys::Reply{.keys = wire_keys(tokens.inventory(), tokens.known(), wanted)};
}

asio::awaitable<Result<ipc::Reply>> watch(TokenDirectory& tokens, const Config& config, ipc::ReplyStream& stream)
{
    CO_TRY(co_await tokens.discover());
    for (;;) {
        // This also wakes for a change that comes while the reply is being sent.
        auto change = tokens.changed().wait(Clock::time_point::max());
        ipc::Reply now = ipc::Watch::Reply{.tokens = wire_tokens(tokens.inventory(), config),
                                           .keys = wire_keys(tokens.inventory(), tokens.known(), {}),
                                           .obstacles = tokens.obstacles()};
        CO_TRY(co_await stream.send(std::move(now)));
        CO_TRY(co_await std::move(change));
    }
}

} // namespace sceau::agent
