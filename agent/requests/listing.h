// ListTokens, ListKeys and Watch: the tokens and keys that exist.
#pragma once

#include "agent/config.h"
#include "agent/tokens/directory.h"
#include "ipc/server.h"

namespace sceau::agent {

asio::awaitable<base::Result<ipc::Reply>> list_tokens(TokenDirectory& tokens, const Config& config,
                                                      const ipc::ListTokens::Parameters& wanted);

asio::awaitable<base::Result<ipc::Reply>> list_keys(TokenDirectory& tokens, const ipc::ListKeys::Parameters& wanted);

/// Reports each change until it is cancelled.
asio::awaitable<base::Result<ipc::Reply>> watch(TokenDirectory& tokens, const Config& config, ipc::ReplyStream& stream);

} // namespace sceau::agent
