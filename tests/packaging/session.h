// A person's session with an installed agent under a real systemd user manager (with-user-manager). The token, the
// configuration and the person at the prompt are those of tests/e2e/desk.h.
#pragma once

#include "tests/packaging/installation.h"
#include "tests/support/pinentry_script.h"
#include "tests/support/program.h"
#include "tests/support/softhsm.h"

namespace sceau::test {

class Session {
  public:
    /// The token "Direction 2026" holds an RSA key of alice@example.org.
    explicit Session(const std::filesystem::path& pinentry = PinentryScript::program());

    /// Returns the command that runs the bash script within the session. The script can call `sceau` and `systemctl
    /// --user`, finds the files of `home` by name, and stops at the first command that fails.
    Arguments command(const std::string& script) const;
    Environment environment() const;
    Ended run(const std::string& script) const;

    void write_configuration(const std::string& text) const;

    Installation installation = Installation::with_prefix();
    PinentryScript person;
    TemporaryFolder home;
    SoftHsm softhsm;
    std::string configuration; // the agent's first configuration; its log is "agent.log" in `home`
};

} // namespace sceau::test
