// sceau: the command for people and scripts.

#include "base/confinement.h"
#include "clients/cli/command_line.h"
#include "clients/cli/json.h"
#include "clients/words/failure.h"

namespace {

using namespace sceau::cli;

bool wants_json(const Command& command)
{
    return std::visit(
        []<class Chosen>(const Chosen& chosen) {
            if constexpr (requires { chosen.json; })
                return chosen.json;
            else
                return false;
        },
        command);
}

// A script that reads JSON gets exactly one value, except after an interruption, which comes from the person.
void tell(const sceau::sending::Failure& failure, const Command& command, const Console& console)
{
    const std::string text = explained(failure, console);
    console.tell(text);
    if (wants_json(command) && !std::holds_alternative<sceau::sending::Interrupted>(failure))
        if (!console.print(json_of_error(sceau::words::name_of(failure), text)))
            console.tell(console.phrase("Nothing can be written to standard output.\n"));
}

} // namespace

int main(int argc, char** argv)
{
    sceau::base::start_openssl_without_configuration();
    const Console console = sceau::words::own_console();
    const auto command = parse_command_line(argc, argv, console);
    if (!command)
        return command.error();
    const auto status = std::visit([&](const auto& chosen) { return run(chosen, console); }, *command);
    if (status)
        return *status;
    tell(status.error(), *command, console);
    return sceau::words::exit_status(status.error());
}
