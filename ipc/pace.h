// Limits how fast the calls of one program are started. The agent is a single thread: a program with hundreds of
// connections, each of which asks again as soon as it has an answer, would take up all its time. Only for ipc's own
// .cpp files.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <map>
#include <memory>
#include <string>

namespace sceau::ipc {

/// Starts at most kMostInARound calls of a program in one round of the event loop. The others follow in the next
/// rounds, in order, with work for other programs in between. It outlives the coroutines that wait for it.
class Pace {
  public:
    asio::awaitable<void> turn(std::string program)
    {
        const auto executor = co_await asio::this_coro::executor;
        while (taken_up_->contains(program) && taken_up_->at(program) == kMostInARound)
            co_await asio::post(executor, asio::use_awaitable);
        if (taken_up_->empty())
            asio::post(executor, [round = taken_up_] { round->clear(); });
        ++(*taken_up_)[program];
    }

  private:
    static constexpr unsigned kMostInARound = 4;

    using Counts = std::map<std::string, unsigned>;
    std::shared_ptr<Counts> taken_up_ = std::make_shared<Counts>(); // by program, in this round
};

} // namespace sceau::ipc
