// Decides what is allowed before anyone is asked. A program's name is only a claim: it may tighten what is allowed,
// never relax it.
#pragma once

#include "agent/clock.h"
#include "agent/config.h"
#include "base/key_id.h"
#include "ipc/shown.h"

#include <deque>
#include <map>
#include <string>

namespace sceau::agent {

class Policy {
  public:
    Policy(Blind blind, std::vector<ProgramRule> programs, RecipientRule recipients = {})
        : blind_(blind), programs_(std::move(programs)), recipients_(std::move(recipients))
    {
    }

    /// Checks any request about which the person is asked. Fails with `not_permitted` for a while after three prompts
    /// of this program were cancelled within a minute.
    base::Result<> permits(const std::string& executable, Clock::time_point now) const;
    /// Checks the use of a key. Fails with `not_permitted` as above, and if the configuration keeps the key from this
    /// program.
    base::Result<> permits_key(const std::string& executable, const base::KeyId& key, Clock::time_point now) const;
    /// Checks a signature whose content cannot be shown. Fails with `not_permitted` where the configuration forbids it.
    base::Result<> permits_blind(const std::string& executable) const;
    /// Checks the recipients of a mail whose content is shown. Returns the domains for which the person has to confirm
    /// that they are meant, each once. Fails with `not_permitted` if the configuration forbids one.
    base::Result<std::vector<std::string>> to_be_confirmed(const ipc::Shown& mail) const;

    /// Records that the person cancelled a prompt of this program.
    void note_cancelled(const std::string& executable, Clock::time_point now);

  private:
    Blind blind_;
    std::vector<ProgramRule> programs_;
    RecipientRule recipients_;
    std::map<std::string, std::deque<Clock::time_point>> cancelled_;
};

} // namespace sceau::agent
