// What the agent's coroutines wait for: descriptors, turns, news. All of it ends with `cancelled` once the coroutine is
// cancelled (its client went, or the agent stops), also when that happened before the wait began.
#pragma once

#include "agent/clock.h"
#include "base/result.h"

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace sceau::agent {

/// Until the descriptor is readable or its other end has gone. `timed_out` at the deadline.
asio::awaitable<base::Result<>> readable(int fd, Clock::time_point deadline);

/// News that any number of coroutines wait for. It outlives them, or the context in which they wait.
class Event {
  public:
    /// Wakes all that wait now.
    void notify();
    /// For what is notified after this call, be it before the coroutine gets to run. `timed_out` at the deadline.
    asio::awaitable<base::Result<>> wait(Clock::time_point deadline) { return wait_for_more(notified_, deadline); }

  private:
    /// Is in the list while its coroutine lives, which may be destroyed in the middle of its sleep.
    struct Sleeper {
        Sleeper(std::list<Sleeper*>& all, const asio::any_io_executor& executor, Clock::time_point deadline)
            : sleepers(all), place(all.insert(all.end(), this)), timer(executor, deadline)
        {
        }
        Sleeper(const Sleeper&) = delete;
        Sleeper& operator=(const Sleeper&) = delete;
        ~Sleeper() { sleepers.erase(place); }

        std::list<Sleeper*>& sleepers;
        std::list<Sleeper*>::iterator place;
        asio::steady_timer timer;
    };

    asio::awaitable<base::Result<>> wait_for_more(unsigned notified, Clock::time_point deadline);

    unsigned notified_ = 0;
    std::list<Sleeper*> waiting_;
};

/// Who waits for a turn: turns go round among programs, and among the connections of one program.
struct Asker {
    std::string program;
    const void* connection = nullptr; // tells it from the program's others; never looked into
};

/// A resource that one coroutine at a time may use. Of those that wait, the program whose last turn is longest ago
/// comes next, one that had none first; of its connections in the same way, and of one connection's requests the
/// oldest. So a program waits for one turn of each other program at most, however much these ask for.
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

    asio::awaitable<base::Result<Turn>> turn(Asker asker);
    /// Where all are alike. (g++ 12 destroys an aggregate twice that is made inside a co_await expression.)
    asio::awaitable<base::Result<Turn>> turn() { return turn(Asker{}); }
    /// How many come before a newcomer at most, the one whose turn it is included, if no more programs ask.
    std::size_t before(const Asker& newcomer) const;
    bool is_taken() const { return taken_; }
    /// Until it is taken, or was when this was called.
    asio::awaitable<base::Result<>> taken(Clock::time_point deadline);
    /// Until it is free. Others may be faster.
    asio::awaitable<base::Result<>> freed(Clock::time_point deadline);

  private:
    /// Stands in the queue until it is admitted, or goes.
    struct Waiter {
        Waiter(std::list<Waiter*>& all, Asker who, const asio::any_io_executor& executor)
            : queue(all),
              place(all.insert(all.end(), this)),
              asker(std::move(who)),
              timer(executor, Clock::time_point::max())
        {
        }
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        ~Waiter()
        {
            if (!admitted)
                queue.erase(place);
        }

        std::list<Waiter*>& queue;
        std::list<Waiter*>::iterator place;
        Asker asker;
        asio::steady_timer timer;
        bool admitted = false;
    };
    template <class Key>
    using LastTurns = std::map<Key, std::uint64_t>;

    void note_turn(const Asker& asker);
    void leave();
    void forget_the_absent();

    std::list<Waiter*> waiting_; // in the order of asking
    bool taken_ = false;
    Event changed_; // taken or freed
    std::uint64_t turns_ = 0;
    LastTurns<std::string> programs_;
    LastTurns<const void*> connections_;
};

} // namespace sceau::agent
