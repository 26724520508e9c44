#include "agent/requests/wire.h"

#include "agent/log.h"
#include "base/moment.h"
#include "ipc/call.h"
#include "ipc/frame.h"

#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

namespace {

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
            .not_before = key.certificate.empty() ? "" : base::rfc3339(key.facts.not_before),
            .not_after = key.certificate.empty() ? "" : base::rfc3339(key.facts.not_after),
            .algorithm = key.facts.algorithm,
            .bits = key.facts.bits,
            .usage = usage_of(key.facts),
            .schemes = key.facts.schemes,
            .cka_id = key.cka_id.empty() ? std::nullopt : std::optional(key.cka_id),
            .missing_issuer = key.chain.missing_issuer.empty() ? std::nullopt : std::optional(key.chain.missing_issuer),
            .token_reader = key.token.reader,
            .private_key = key.is_missing ? std::optional(ipc::PrivateKey::missing)
                           : key.is_shown ? std::optional(ipc::PrivateKey::seen)
                                          : std::nullopt,
            .public_key = key.certificate.empty() ? std::optional(key.facts.public_key) : std::nullopt,
            .label = key.certificate.empty() ? std::optional(key.label) : std::nullopt};
}

// The share of a frame for the keys; Watch also sends the tokens in it. The certificates of a real token take a small
// part of this.
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

bool is_wanted(const Key& key, const ipc::ListKeys::Parameters& wanted)
{
    if (wanted.email && !has_address(key, *wanted.email))
        return false;
    if (wanted.usage && key.is_missing)
        return false;
    return !wanted.usage || (*wanted.usage == ipc::Usage::sign ? key.facts.may_sign : key.facts.may_decrypt);
}

} // namespace

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config)
{
    std::vector<ipc::Token> tokens;
    for (const FoundToken& found : inventory.tokens()) {
        const auto& [identity, reader, removable, pin, certificates, keys] = found.token;
        tokens.push_back({.label = identity.label,
                          .serial = identity.serial,
                          .manufacturer = identity.manufacturer,
                          .model = identity.model,
                          .reader = reader,
                          .module = config.modules.at(found.module).path.string(),
                          .pin = {.low = pin.low,
                                  .final_try = pin.final_try,
                                  .locked = pin.locked,
                                  .pad = pin.pad,
                                  .to_be_changed = pin.to_be_changed,
                                  .not_set = pin.not_set}});
    }
    return tokens;
}

std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::map<base::KeyId, Key>& known,
                                const ipc::ListKeys::Parameters& wanted)
{
    std::vector<ipc::Key> keys;
    std::size_t room = kRoomForKeys;
    const auto add = [&](const Key& key, std::optional<bool> absent) {
        if (!is_wanted(key, wanted))
            return;
        ipc::Key wire = wire_key(key);
        wire.absent = absent;
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
            return;
        }
        room -= size;
        keys.push_back(std::move(wire));
    };
    for (const Key& key : inventory.keys())
        add(key, {});
    if (wanted.absent.value_or(false))
        for (const auto& [id, key] : known)
            if (std::ranges::find(inventory.keys(), id, [](const Key& each) { return each.facts.key; }) ==
                inventory.keys().end())
                add(key, true);
    return keys;
}

} // namespace sceau::agent
