#include "base/digest.h"
#include "clients/cli/agent.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/words/progress.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

// A key's full name needs no plugged-in token: the agent waits for the token of a key that it knows.
Outcome<base::KeyId> find_key(AgentConnection& agent, const std::string& name)
{
    if (const auto id = base::KeyId::parse(name))
        return *id;
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListKeys>());
    TRY_ASSIGN(const auto keys, sending::keys_named(reply.keys, name));
    return keys.front().id;
}

} // namespace

Outcome<int> run(const SignDigest& command, const Console& console)
{
    TRY_ASSIGN(const auto digest, base::Digest::for_scheme(command.scheme, command.digest));
    TRY_ASSIGN(AgentConnection agent, open_agent());
    TRY_ASSIGN(const base::KeyId key, find_key(agent, command.key));
    const ipc::Sign::Parameters request{.key = key,
                                        .scheme = command.scheme,
                                        .digest = base::Bytes(digest.bytes().begin(), digest.bytes().end()),
                                        .evidence = {},
                                        .terminal = {}};
    console.tell(dialog_note(console));
    TRY_ASSIGN(const base::Bytes signature, agent.sign(request, [&](const ipc::Progress& progress) {
        console.tell(explained(progress, console));
        return true;
    }));
    TRY(console.print(command.json ? json_of(signature) : base::to_base64(signature) + "\n"));
    return EX_OK;
}

} // namespace sceau::cli
