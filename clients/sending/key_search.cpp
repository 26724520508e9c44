#include "clients/sending/key_search.h"

namespace sceau::sending {

namespace {

Outcome<std::vector<ipc::Key>> keys_of(Agent& agent, const std::string& name, bool refresh)
{
    TRY_ASSIGN(auto reply, agent.list_keys({.refresh = refresh, .absent = true}));
    if (reply.keys.empty()) {
        TRY_ASSIGN(auto seen, agent.list_tokens({.refresh = true}));
        return std::unexpected(NoKeys{std::move(seen)});
    }
    if (!name.empty()) {
        TRY_ASSIGN(reply.keys, keys_named(reply.keys, name));
    }
    return std::move(reply.keys);
}

} // namespace

Outcome<ipc::Key> find_key(Agent& agent, const KeyWanted& wanted)
{
    TRY_ASSIGN(auto keys, keys_of(agent, wanted.name, false));
    if (const auto key = choose_key(keys, wanted.senders, wanted.now); key && !key->absent.value_or(false))
        return *key;
    // A certificate may have been renewed on a card that stayed in its reader.
    TRY_ASSIGN(keys, keys_of(agent, wanted.name, true));
    auto key = choose_key(keys, wanted.senders, wanted.now);
    if (key)
        return *std::move(key);
    TRY_ASSIGN(auto seen, agent.list_tokens({}));
    key.error().obstacles = std::move(seen.obstacles);
    return std::unexpected(std::move(key).error());
}

} // namespace sceau::sending
