// Tells the caller what its request is waiting for (docs/protocol.md).
#pragma once

#include "agent/tokens/inventory.h"
#include "ipc/server.h"

namespace sceau::agent {

inline ipc::Progress progress_at(ipc::State state, const Key& key)
{
    return {.state = state, .token_label = key.token.label.empty() ? std::nullopt : std::optional(key.token.label)};
}

inline asio::awaitable<base::Result<>> tell(ipc::ReplyStream& stream, ipc::Progress progress)
{
    ipc::Reply reply = ipc::ProgressReply{std::move(progress)};
    co_return co_await stream.send(std::move(reply));
}

} // namespace sceau::agent
