// What every desk has: the real agent on a socket of its own, a person who answers its dialogs, and the real command.
// Desk and CardDesk put a token there. One at a time in a process.
#pragma once

#include "tests/support/pinentry_script.h"
#include "tests/support/program.h"

#include <memory>

namespace sceau::test {

class AgentDesk {
  public:
    AgentDesk(const AgentDesk&) = delete;
    AgentDesk& operator=(const AgentDesk&) = delete;
    virtual ~AgentDesk() = default;

    /// The command with these arguments and this on its standard input, to its end.
    Ended sceau(const std::vector<std::string>& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start_sceau(const std::vector<std::string>& arguments,
                                         const std::string& input = {}) const;

    Arguments command(const std::vector<std::string>& arguments) const;
    /// For the command: where the agent is, English, UTC.
    Environment environment;

    /// The person's folder of issuers' certificates.
    std::filesystem::path certificates() const { return settings.path() / "sceau/certificates"; }

    /// Ends the agent by this signal, SIGTERM; its exit status.
    int stop_agent(int signal = 15);
    /// SIGKILL.
    void kill_agent();

    /// The agent's.
    pid_t pid() const { return agent_->pid(); }

    PinentryScript person;
    TemporaryFolder folder;
    TemporaryFolder session;  // XDG_RUNTIME_DIR: what a killed agent leaves goes with the desk
    TemporaryFolder settings; // XDG_CONFIG_HOME: with the issuer in sceau/certificates, so that chains are whole
    std::filesystem::path ca; // the certificates' issuer, PEM

  protected:
    AgentDesk();

    /// With this agent.toml and these variables besides the command's, of which the agent takes what it knows. Returns
    /// when the agent serves.
    void start_agent(const std::string& config, const Environment& variables = {});
    /// Before the token goes.
    void drop_agent() { agent_.reset(); }

  private:
    std::unique_ptr<Program> agent_;
};

/// From alice, CRLF line ends, an 8-bit text and an attachment.
std::string mail_from(const std::string& address);

} // namespace sceau::test
