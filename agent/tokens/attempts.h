// Decides when a module that failed is asked again. It is left alone for a multiple of the time that its failure took:
// a module that hangs costs little time, and one that fails at once is tried nearly every time.
#pragma once

#include "agent/clock.h"

#include <algorithm>

namespace sceau::agent {

class Attempts {
  public:
    void begin(Clock::time_point now)
    {
        running_ = true;
        begun_ = now;
        ++count_;
    }
    void succeed()
    {
        running_ = false;
        failures_ = 0;
    }
    void fail(Clock::time_point now)
    {
        running_ = false;
        failures_ = std::min(failures_ + 1, kMostDoublings);
        due_ = now + std::min<Clock::duration>((now - begun_) * (1U << failures_), kLongestPeace);
    }

    bool is_running() const { return running_; }
    /// When the last attempt began.
    Clock::time_point begun() const { return begun_; }
    /// The number of attempts begun so far; it numbers them.
    unsigned begun_so_far() const { return count_; }
    unsigned ended_so_far() const { return running_ ? count_ - 1 : count_; }
    bool has_failed() const { return failures_ > 0; }
    bool is_due(Clock::time_point now) const { return failures_ == 0 || now >= due_; }

  private:
    static constexpr unsigned kMostDoublings = 4;
    static constexpr std::chrono::minutes kLongestPeace{5};

    bool running_ = false;
    unsigned count_ = 0;
    unsigned failures_ = 0; // in a row
    Clock::time_point begun_;
    Clock::time_point due_;
};

} // namespace sceau::agent
