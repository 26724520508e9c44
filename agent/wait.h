// What the agent's coroutines wait for: descriptors, turns and events. Every wait ends with `cancelled` once the
// coroutine is cancelled (its client left, or the agent stops), even when that happened before the wait began.
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

/// Waits until the descriptor is readable or its other end has closed. Fails with `timed_out` at the deadline.
asio::awaitable<base::Result<>> readable(int fd, Clock::time_point deadline);

/// Lets the other coroutines that are ready run before this one goes on: for one that computes for long.
asio::awaitable<base::Result<>> let_others_run();

/// An event that any number of coroutines can wait for. It must outlive them or the context in which they wait.
class Event {
  public:
    /// Wakes every coroutine that is waiting now.
    void notify();
    /// Waits for a notification after this call, even one before the coroutine first runs. Fails with `timed_out` at
    /// the deadline.
    asio::awaitable<base::Result<>> wait(Clock::time_point deadline) { return wait_for_more(notified_, deadline); }

  private:
    /// An entry in the list for as long as its coroutine lives; the coroutine may be destroyed while it sleeps.
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

/// Who waits for a turn. Turns alternate among programs, and among the connections of one program.
struct Asker {
    std::string program;
    const void* connection = nullptr; // distinguishes connections of one program; never dereferenced
};

/// A resource that one coroutine at a time may use. The next turn goes to the waiting program whose last turn is
/// longest ago; a program that has had none comes first. The same rule chooses among its connections, and a
/// connection's oldest request comes first. A program therefore waits for at most one turn of each other program,
/// however much these ask for.
class Queue {
  public:
    /// Whoever holds a Turn has the resource; destroying it passes the resource on.
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
    /// For queues in which all askers are alike. (g++ 12 destroys an aggregate twice if it is made inside a co_await
    /// expression.)
    asio::awaitable<base::Result<Turn>> turn() { return turn(Asker{}); }
    /// Returns how many turns, including the current one, can come before a newcomer's, if no further programs ask.
    std::size_t before(const Asker& newcomer) const;
    bool is_taken() const { return taken_; }
    /// Waits until the resource is taken; returns at once if it is taken now.
    asio::awaitable<base::Result<>> taken(Clock::time_point deadline);
    /// Waits until the resource is free. Someone else may take it first.
    asio::awaitable<base::Result<>> freed(Clock::time_point deadline);

  private:
    /// An entry in the queue until it is admitted or gives up.
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

    std::list<Waiter*> waiting_; // in the order in which they asked
    bool taken_ = false;
    Event changed_; // the resource was taken or freed
    std::uint64_t turns_ = 0;
    LastTurns<std::string> programs_;
    LastTurns<const void*> connections_;
};

} // namespace sceau::agent
