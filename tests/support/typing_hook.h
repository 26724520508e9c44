// Reports when a scripted person has typed, before pinentry passes the answer on. What happens on a card after that
// comes from the PIN.
#pragma once

#include "base/unique_fd.h"
#include "tests/support/pinentry_script.h"

#include <functional>
#include <thread>

namespace sceau::test {

class TypingHook {
  public:
    /// Calls `typed` on a thread of its own for each answer that a dialog takes; the answer waits until it returns.
    TypingHook(const PinentryScript& person, std::function<void()> typed);
    TypingHook(const TypingHook&) = delete;
    TypingHook& operator=(const TypingHook&) = delete;
    ~TypingHook();

  private:
    void run();

    std::function<void()> typed_;
    base::UniqueFd typing_; // named pipes
    base::UniqueFd seen_;
    base::UniqueFd stop_; // an eventfd
    std::thread thread_;
};

} // namespace sceau::test
