#include "tests/packaging/session.h"

#include "tests/e2e/desk.h"

namespace sceau::test {

namespace fs = std::filesystem;

Session::Session(const fs::path& pinentry)
{
    softhsm.add_token("Direction 2026");
    softhsm.add_key("Direction 2026", {.key = "rsa2048", .name = "Alice Example", .addresses = {"alice@example.org"}});
    configuration = "[[module]]\npath = \"" + softhsm.module().path.string() +
                    "\"\nenvironment = { SOFTHSM2_CONF = \"" + softhsm.module().environment.at("SOFTHSM2_CONF") +
                    "\" }\n[pin]\npinentry = \"" + pinentry.string() + "\"\n";
    fs::create_directories(home.path() / ".config/sceau");
    write_configuration(configuration);
    // Without a journal, the log goes to a file.
    fs::create_directory(installation.units() / "sceau-agent.service.d");
    std::ofstream(installation.units() / "sceau-agent.service.d/log.conf")
        << "[Service]\nStandardError=append:" << (home.path() / "agent.log").string() << "\n";
    home.write("mail", mail_from("alice@example.org"));
    home.write("ca.pem", ca_certificate_pem());
}

void Session::write_configuration(const std::string& text) const
{
    home.write(".config/sceau/agent.toml", text);
}

Arguments Session::command(const std::string& script) const
{
    const fs::path with_user_manager = fs::path(SCEAU_SOURCE_DIR) / "tests/packaging/with-user-manager";
    return {with_user_manager, installation.units(), home.path(), "bash", "-euc", "cd\n" + script};
}

Environment Session::environment() const
{
    return {{"PATH", installation.bin().string() + ":" + std::getenv("PATH")},
            {"LC_ALL", "C.UTF-8"},
            {"TERM", "xterm"},
            {"NO_COLOR", ""}};
}

Ended Session::run(const std::string& script) const
{
    return Program(command(script), environment()).wait();
}

} // namespace sceau::test
