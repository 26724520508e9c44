// A person's desk: a token with keys, the real agent on a socket of its own, a person who answers its dialogs, and the
// real command. One at a time in a process.
#pragma once

#include "tests/support/pinentry_script.h"
#include "tests/support/program.h"
#include "tests/support/softhsm.h"

#include <memory>

namespace sceau::test {

class Desk {
  public:
    /// The token "Direction 2026" holds an RSA key of alice@example.org and a P-256 key of bob@example.org, which needs
    /// its PIN again for each signature. Returns when the agent serves.
    explicit Desk(const std::filesystem::path& pinentry = PinentryScript::program());

    /// The command with these arguments and this on its standard input, to its end.
    Ended sceau(const std::vector<std::string>& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start_sceau(const std::vector<std::string>& arguments,
                                         const std::string& input = {}) const;

    Arguments command(const std::vector<std::string>& arguments) const;
    /// For the command: where the agent is, English, UTC.
    Environment environment;

    /// Ends the agent; its exit status.
    int stop_agent();

    PinentryScript person;
    TemporaryFolder folder;
    std::filesystem::path ca; // the certificates' issuer, PEM
    SoftHsm softhsm;

  private:
    void start_agent(const std::filesystem::path& pinentry);
    std::unique_ptr<Program> agent_;
};

/// From alice, CRLF line ends, an 8-bit text and an attachment.
std::string mail_from(const std::string& address);

} // namespace sceau::test
