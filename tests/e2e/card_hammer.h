// The program card-hammer beside a desk: tries to use 9A, 9C and 9D without a PIN as long as this lives.
#pragma once

#include "tests/e2e/card_desk.h"
#include "tests/virtual-token/hammer_counts.h"

namespace sceau::test {

class CardHammer {
  public:
    /// Returns when it has begun.
    explicit CardHammer(const CardDesk& desk);
    CardHammer(const CardHammer&) = delete;
    CardHammer& operator=(const CardHammer&) = delete;
    ~CardHammer();

    /// It begins no new try until it is told to go on.
    void rest() { counts_->rests = true; }
    void go_on() { counts_->rests = false; }

    /// Waits until each key has been tried that often from now on.
    void wait_for_tries(std::uint64_t tries) const;
    /// How often a key could be used, all in all.
    std::uint64_t got_through() const;
    /// "9A 3, 9C 0, 9D 2"
    std::string describe() const;

  private:
    std::vector<std::string> slots_;
    HammerCounts* counts_;
    std::unique_ptr<Program> program_;
};

} // namespace sceau::test
