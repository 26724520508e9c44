#include "clients/words/obstacle.h"

#include "base/display_text.h"
#include "clients/words/sentence.h"

#include <algorithm>

namespace sceau::words {

namespace {

constexpr std::size_t kTokenColumns = 64;
constexpr std::size_t kPathColumns = 120;
constexpr std::size_t kFaultColumns = 240;

std::string what_it_is(const ipc::Obstacle& obstacle, const Console& console)
{
    const std::string module = base::shown(obstacle.module.value_or("?"), kPathColumns);
    const std::string detail = base::shown(obstacle.detail, kFaultColumns);
    switch (obstacle.kind) {
    case ipc::Obstacle::Kind::no_module:
        return console.phrase("OpenSC is not installed, and no other PKCS#11 module is configured.");
    case ipc::Obstacle::Kind::no_pcscd:
        return console.phrase("The smartcard service pcscd does not answer: no card in a reader can be seen.");
    case ipc::Obstacle::Kind::module_missing:
        return console.phrase("The PKCS#11 module {} does not exist.", module);
    case ipc::Obstacle::Kind::module_unusable:
        return console.phrase("{} is not a PKCS#11 module that this machine can load ({}).", module, detail);
    case ipc::Obstacle::Kind::module_failed:
        return console.phrase("The PKCS#11 module {} failed ({}).", module, detail);
    case ipc::Obstacle::Kind::module_silent:
        break;
    }
    return console.phrase("The PKCS#11 module {} does not answer.", module);
}

std::string what_to_do(ipc::Obstacle::Kind kind, const Console& console)
{
    switch (kind) {
    case ipc::Obstacle::Kind::no_module:
        return console.phrase("Install it (package opensc-pkcs11), or name your token's module in agent.toml.");
    case ipc::Obstacle::Kind::no_pcscd:
        return console.phrase("Install the package pcscd, or start it: sudo systemctl start pcscd.socket");
    case ipc::Obstacle::Kind::module_missing:
        return console.phrase("Install it, or correct its path in agent.toml and restart the agent.");
    case ipc::Obstacle::Kind::module_unusable:
        return console.phrase("Name the 64-bit library of your token's maker in agent.toml and restart the agent.");
    case ipc::Obstacle::Kind::module_failed:
        return console.phrase("Unplug its token, plug it in and try again. The agent's log tells more: "
                              "journalctl --user -u sceau-agent");
    case ipc::Obstacle::Kind::module_silent:
        break;
    }
    return console.phrase(
        "Another program may be using its token: close that, or unplug the token and plug it in again.");
}

} // namespace

std::string explained(const std::vector<ipc::Obstacle>& obstacles, const Console& console)
{
    std::string text;
    for (const ipc::Obstacle& obstacle : obstacles)
        text += message(what_it_is(obstacle, console), what_to_do(obstacle.kind, console));
    return text;
}

std::vector<ipc::Token> tokens_without_key(const std::vector<ipc::Token>& tokens, const std::vector<ipc::Key>& keys)
{
    std::vector<ipc::Token> without;
    std::ranges::copy_if(tokens, std::back_inserter(without), [&](const ipc::Token& token) {
        return std::ranges::none_of(keys, [&](const ipc::Key& key) {
            return key.token_label == token.label && key.token_serial == token.serial &&
                   key.token_reader.value_or(token.reader) == token.reader;
        });
    });
    return without;
}

std::string explained(const std::vector<ipc::Token>& without_key, const Console& console)
{
    std::string text;
    for (const ipc::Token& token : without_key)
        text += message(
            console.phrase(
                "The token \"{}\" is plugged in, but shows no certificate for a key.",
                base::shown(base::shows_nothing(token.label) ? token.model + " " + token.serial : token.label,
                            kTokenColumns)),
            console.phrase("It is missing there, or private: store it on the token as a public object, or ask whoever "
                           "gave it to you."));
    return text;
}

} // namespace sceau::words
