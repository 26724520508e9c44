// How the server's coroutines wait: for the completion of an operation of Asio's, whose error is a value of its result.
#pragma once

#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>

namespace sceau::ipc {

constexpr auto kNoThrow = asio::experimental::as_tuple(asio::use_awaitable);

} // namespace sceau::ipc
