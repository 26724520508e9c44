// One signature during which a fault happens, and what must hold afterwards whatever the fault: no wrong signature is
// returned, a typed PIN uses up at most one try, the client gets a named error, and the agent keeps running and leaves
// the card closed. The checks are Catch2's.
#pragma once

#include "tests/e2e/card_desk.h"

#include <optional>

namespace sceau::test {

struct FaultCase {
    std::optional<Fault> fault; // if empty, pcscd is killed and started again
    std::size_t nth = 1;        // which APDU, counted from the request
    Execution execution = Execution::not_before_fault;
    std::string pin = "123456"; // what the person types; after a wrong PIN they do nothing more
};

std::string to_string(const FaultCase& fault);

/// A desk for any number of cases.
class FaultDesk {
  public:
    /// The agent waits two seconds each for a module and for a token.
    explicit FaultDesk(const std::string& key);

    /// The number of APDUs in a signature without a fault.
    std::size_t apdus() const { return apdus_; }
    std::size_t first_verify() const { return first_verify_; }

    void suffer(const FaultCase& fault);
    /// Runs each APDU of a whole signature; from the first VERIFY on, both with and without executing it.
    void suffer_everywhere(const std::optional<Fault>& fault);

  private:
    Ended sign_with(const FaultCase& fault);
    void check_answer(const Ended& ended, const FaultCase& fault) const;
    void check_pin(const FaultCase& fault, unsigned verifies_before, std::size_t asked_before) const;
    void bring_card_back(DWORD state_before);
    /// The card's log from the request to the reset.
    CardLog sign_undisturbed();

    CardDesk desk_;
    std::size_t apdus_ = 0;
    std::size_t first_verify_ = 0;
};

} // namespace sceau::test
