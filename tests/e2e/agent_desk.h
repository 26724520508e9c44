// What every desk has: the real agent on its own socket, a person who answers its dialogs, and the real command. Desk
// and CardDesk add a token. A process can have only one at a time.
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

    /// Runs the command with these arguments and this standard input until it ends.
    Ended sceau(const std::vector<std::string>& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start_sceau(const std::vector<std::string>& arguments,
                                         const std::string& input = {}) const;

    Arguments command(const std::vector<std::string>& arguments) const;
    /// For the command: the agent's socket, English, UTC.
    Environment environment;

    /// The person's folder of issuers' certificates.
    std::filesystem::path certificates() const { return settings.path() / "sceau/certificates"; }

    /// Ends the agent with this signal, by default SIGTERM, and returns its exit status.
    int stop_agent(int signal = 15);
    /// Sends SIGKILL.
    void kill_agent();
    /// Starts the agent once more, after one of these.
    void start_again() { start_agent(config_, variables_); }

    /// The agent's pid.
    pid_t pid() const { return agent_->pid(); }

    PinentryScript person;
    TemporaryFolder folder;
    TemporaryFolder session;  // XDG_RUNTIME_DIR: what a killed agent leaves is removed with the desk
    TemporaryFolder settings; // XDG_CONFIG_HOME, with the issuer in sceau/certificates, so that chains are complete
    std::filesystem::path ca; // the certificates' issuer, in PEM

  protected:
    AgentDesk();

    /// Starts the agent with this agent.toml and with these variables in addition to the command's; the agent keeps
    /// only those that it knows. Returns when the agent serves.
    void start_agent(const std::string& config, const Environment& variables = {});
    /// To be called before the token is destroyed.
    void drop_agent() { agent_.reset(); }

  private:
    std::unique_ptr<Program> agent_;
    std::string config_;
    Environment variables_;
};

/// A mail from this address with CRLF line ends, an 8-bit text and an attachment.
std::string mail_from(const std::string& address);

} // namespace sceau::test
