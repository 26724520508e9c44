#include "agent/wire.h"

#include "agent/log.h"
#include "base/display_text.h"
#include "ipc/call.h"
#include "ipc/frame.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sceau::agent {

using base::say;

namespace {

constexpr std::size_t kPathColumns = 76; // of the prompt's 80

std::string rfc3339(std::chrono::sys_seconds time)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time.time_since_epoch().count()));
}

std::vector<ipc::Usage> usage_of(const mail::cms::CertificateFacts& facts)
{
    std::vector<ipc::Usage> usage;
    if (facts.may_sign)
        usage.push_back(ipc::Usage::sign);
    if (facts.may_decrypt)
        usage.push_back(ipc::Usage::decrypt);
    return usage;
}

ipc::Key wire_key(const Key& key)
{
    return {.id = key.facts.key,
            .token_label = key.token.label,
            .token_serial = key.token.serial,
            .certificate = key.certificate,
            .chain = key.chain.certificates,
            .subject = key.facts.subject,
            .issuer = key.facts.issuer,
            .addresses = key.facts.addresses,
            .not_before = rfc3339(key.facts.not_before),
            .not_after = rfc3339(key.facts.not_after),
            .algorithm = key.facts.algorithm,
            .bits = key.facts.bits,
            .usage = usage_of(key.facts),
            .schemes = key.facts.schemes,
            .cka_id = key.cka_id.empty() ? std::nullopt : std::optional(key.cka_id),
            .missing_issuer =
                key.chain.missing_issuer.empty() ? std::nullopt : std::optional(key.chain.missing_issuer)};
}

// In a frame, beside the tokens that Watch tells of, too. Any real token's certificates take a small part of it.
constexpr std::size_t kRoomForKeys = ipc::kMaxFrameSize - ipc::kMaxFrameSize / 4;

std::size_t encoded_size(const ipc::Key& key)
{
    return ipc::encode_reply(ipc::ListKeys::Reply{.keys = {key}}, false).size();
}

bool has_address(const Key& key, const std::string& address)
{
    return std::ranges::any_of(key.facts.addresses,
                               [&](const std::string& own) { return mail::cms::same_address(own, address); });
}

} // namespace

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config)
{
    std::vector<ipc::Token> tokens;
    for (const FoundToken& found : inventory.tokens()) {
        const auto& [identity, reader, removable, pin, certificates] = found.token;
        tokens.push_back({.label = identity.label,
                          .serial = identity.serial,
                          .manufacturer = identity.manufacturer,
                          .model = identity.model,
                          .reader = reader,
                          .module = config.modules.at(found.module).path.string(),
                          .pin = {.low = pin.low, .final_try = pin.final_try, .locked = pin.locked, .pad = pin.pad}});
    }
    return tokens;
}

std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::optional<std::string>& address,
                                std::optional<ipc::Usage> usage)
{
    std::vector<ipc::Key> keys;
    std::size_t room = kRoomForKeys;
    for (const Key& key : inventory.keys()) {
        if (address && !has_address(key, *address))
            continue;
        if (usage && !(*usage == ipc::Usage::sign ? key.facts.may_sign : key.facts.may_decrypt))
            continue;
        ipc::Key wire = wire_key(key);
        std::size_t size = encoded_size(wire);
        if (size > room && !wire.chain.empty()) {
            wire.chain.clear();
            wire.missing_issuer = wire.issuer;
            size = encoded_size(wire);
            log("token \"{}\": the issuers of key {} are not told: there are too many, or too large ones",
                wire.token_label, wire.id.hex());
        }
        if (size > room) {
            log("token \"{}\": key {} is not shown: there are too many, or too large ones", wire.token_label,
                wire.id.hex());
            continue;
        }
        room -= size;
        keys.push_back(std::move(wire));
    }
    return keys;
}

PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal)
{
    PromptPlace place{
        .tty = {}, .term = {}, .locale = terminal && terminal->locale ? *terminal->locale : base::own_locale()};
    if (terminal && ipc::controls_terminal(peer, terminal->tty)) {
        place.tty = terminal->tty;
        place.term = terminal->term;
    }
    return place;
}

std::string program_of(const ipc::Peer& peer, base::Language language)
{
    const std::string file = std::filesystem::path(peer.executable).filename();
    const bool has_file = !base::shows_nothing(file);
    std::string name = peer.name;
    if (base::shows_nothing(name))
        name = has_file ? file : say(language, "A program without a name", "Un programme sans nom");
    else if (has_file && !file.starts_with(name))
        name += " (" + file + ")";
    const auto parent = std::ranges::find_if_not(peer.parents, base::shows_nothing);
    return parent == peer.parents.end() ? name : name + " < " + *parent;
}

std::string note_on_program(const ipc::Peer& peer, base::Language language)
{
    if (peer.of_system)
        return {};
    if (peer.executable.empty())
        return std::string(say(language, "Which program it is cannot be seen.\n",
                               "On ne peut pas voir de quel programme il s'agit.\n"));
    return fmt::format(fmt::runtime(say(language, "It is not the system's, but a program in your own folders:\n  {}\n",
                                        "Ce n'est pas un programme du système, il est dans vos dossiers :\n  {}\n")),
                       base::shown(peer.executable, kPathColumns));
}

} // namespace sceau::agent
