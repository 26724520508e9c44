#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/token_signature.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

// A key's full name needs no token yet: the agent waits for one that it knows.
Outcome<base::KeyId> find_key(AgentConnection& agent, const std::string& name)
{
    if (const auto id = base::KeyId::parse(name))
        return *id;
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListKeys>());
    TRY_ASSIGN(const auto keys, keys_named(reply.keys, name));
    return keys.front().id;
}

} // namespace

Outcome<int> run(const SignDigest& command, const Console& console)
{
    TRY_ASSIGN(const auto digest, base::Digest::for_scheme(command.scheme, command.digest));
    TRY_ASSIGN(AgentConnection agent, AgentConnection::open());
    TRY_ASSIGN(const base::KeyId key, find_key(agent, command.key));
    TRY_ASSIGN(const base::Bytes signature, token_signature(agent, key, command.scheme, digest, console));
    TRY(console.print(command.json ? json_of(signature) : base::to_base64(signature) + "\n"));
    return EX_OK;
}

} // namespace sceau::cli
