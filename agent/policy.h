// Decides what is allowed before anyone is asked. A program's name is only a claim: it may tighten what is allowed,
// never relax it.
#pragma once

#include "agent/clock.h"
#include "agent/config.h"

#include <deque>
#include <map>
#include <string>

namespace sceau::agent {

class Policy {
  public:
    Policy(Blind blind, std::vector<ProgramRule> programs) : blind_(blind), programs_(std::move(programs)) {}

    /// Checks any request about which the person is asked. Fails with `not_permitted` for a while after three prompts
    /// of this program were cancelled within a minute.
    base::Result<> permits(const std::string& executable, Clock::time_point now) const;
    /// Checks a signature whose content cannot be shown. Also fails with `not_permitted` where the configuration
    /// forbids it.
    base::Result<> permits_blind(const std::string& executable, Clock::time_point now) const;

    /// Records that the person cancelled a prompt of this program.
    void note_cancelled(const std::string& executable, Clock::time_point now);

  private:
    Blind blind_;
    std::vector<ProgramRule> programs_;
    std::map<std::string, std::deque<Clock::time_point>> cancelled_;
};

} // namespace sceau::agent
