// How the server's coroutines await Asio's operations: an error is part of the result and is not thrown.
#pragma once

#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>

namespace sceau::ipc {

constexpr auto kNoThrow = asio::experimental::as_tuple(asio::use_awaitable);

} // namespace sceau::ipc
