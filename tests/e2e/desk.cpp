#include "tests/e2e/desk.h"

namespace sceau::test {

Desk::Desk(const std::filesystem::path& pinentry, const std::string& policy)
{
    softhsm.add_token("Direction 2026");
    softhsm.add_key("Direction 2026", {.key = "rsa2048", .name = "Alice Example", .addresses = {"alice@example.org"}});
    softhsm.add_key("Direction 2026", {.key = "p256", .name = "Bob Example", .addresses = {"bob@example.org"}},
                    AlwaysAuthenticate::yes);
    std::string config = "[[module]]\npath = \"" + softhsm.module().path.string() + "\"\nenvironment = { ";
    for (const auto& [name, value] : softhsm.module().environment)
        config += name + " = \"" + value + "\" ";
    start_agent(config + "}\n[pin]\npinentry = \"" + pinentry.string() + "\"\n[policy]\n" + policy);
}

} // namespace sceau::test
