// sceau: the command for people and scripts.

#include "base/confinement.h"
#include "clients/cli/command_line.h"

int main(int argc, char** argv)
{
    using namespace sceau::cli;
    sceau::base::start_openssl_without_configuration();
    const Console console = own_console();
    const auto command = parse_command_line(argc, argv, console);
    if (!command)
        return command.error();
    const auto status = std::visit([&](const auto& chosen) { return run(chosen, console); }, *command);
    if (status)
        return *status;
    console.tell(explained(status.error(), console));
    return exit_status(status.error());
}
