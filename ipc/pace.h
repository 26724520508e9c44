// How fast the calls of one program are taken up. The agent is one thread: a program with hundreds of connections, each
// of which asks again as soon as it has an answer, would have it busy with itself alone. Only for ipc's own .cpp files.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <map>
#include <memory>
#include <string>

namespace sceau::ipc {

/// In a round of the event loop so many calls of a program are taken up; the others come in the next ones, in their
/// order, and what is to be done for other programs comes between. It outlives whoever waits for it.
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
    std::shared_ptr<Counts> taken_up_ = std::make_shared<Counts>(); // in this round, by program
};

} // namespace sceau::ipc
