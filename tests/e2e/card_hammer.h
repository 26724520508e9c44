// Runs the program card-hammer beside a desk: it tries to use 9A, 9C and 9D without a PIN as long as this object lives.
#pragma once

#include "tests/e2e/card_desk.h"
#include "tests/virtual-token/hammer_counts.h"

namespace sceau::test {

class CardHammer {
  public:
    /// Returns when the program has begun.
    explicit CardHammer(const CardDesk& desk);
    CardHammer(const CardHammer&) = delete;
    CardHammer& operator=(const CardHammer&) = delete;
    ~CardHammer();

    /// Starts no new try until go_on() is called.
    void rest() { counts_->rests = true; }
    void go_on() { counts_->rests = false; }

    /// Waits until each key has been tried this many more times.
    void wait_for_tries(std::uint64_t tries) const;
    /// How often any key could be used in total.
    std::uint64_t got_through() const;
    /// For example "9A 3, 9C 0, 9D 2".
    std::string describe() const;

  private:
    std::vector<std::string> slots_;
    HammerCounts* counts_;
    std::unique_ptr<Program> program_;
};

} // namespace sceau::test
