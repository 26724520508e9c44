// What the agent's coroutines wait for: descriptors, turns, news. All of it ends with `cancelled` once the coroutine is
// cancelled (its client went, or the agent stops), also when that happened before the wait began.
#pragma once

#include "base/result.h"

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <utility>

namespace sceau::agent {

using Clock = std::chrono::steady_clock;

/// Until the descriptor is readable or its other end has gone. `timed_out` at the deadline.
asio::awaitable<base::Result<>> readable(int fd, Clock::time_point deadline);

/// News that any number of coroutines wait for.
class Event {
  public:
    /// Wakes all that wait now.
    void notify();
    /// For what is notified after this call, be it before the coroutine gets to run. `timed_out` at the deadline.
    asio::awaitable<base::Result<>> wait(Clock::time_point deadline) { return wait_for_more(notified_, deadline); }

  private:
    asio::awaitable<base::Result<>> wait_for_more(unsigned notified, Clock::time_point deadline);

    unsigned notified_ = 0;
    std::list<asio::steady_timer*> waiting_;
};

/// A resource that one coroutine at a time may use, in the order of asking.
class Queue {
  public:
    /// Holding it is having the resource; the next one's turn comes when it goes.
    class Turn {
      public:
        explicit Turn(Queue& queue) : queue_(&queue) {}
        Turn(Turn&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
        Turn& operator=(Turn&& other) noexcept
        {
            std::swap(queue_, other.queue_);
            return *this;
        }
        ~Turn()
        {
            if (queue_ != nullptr)
                queue_->leave();
        }

      private:
        Queue* queue_;
    };

    asio::awaitable<base::Result<Turn>> turn();
    /// How many come before a newcomer, the one whose turn it is included.
    std::size_t length() const { return waiting_.size() + (taken_ ? 1 : 0); }

  private:
    struct Waiter {
        asio::steady_timer timer;
        bool admitted = false;
    };
    void leave();

    std::list<Waiter*> waiting_;
    bool taken_ = false;
};

} // namespace sceau::agent
