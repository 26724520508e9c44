#include "agent/inventory.h"

#include <algorithm>

namespace sceau::agent {

namespace {

std::vector<Key> keys_of(const FoundToken& found, const IssuerStore& issuers)
{
    std::vector<Key> keys;
    std::vector<base::Bytes> authorities;
    for (const pkcs11::Certificate& certificate : found.token.certificates) {
        auto facts = mail::cms::read_certificate(certificate.der);
        if (!facts)
            continue;
        if (facts->is_authority)
            authorities.push_back(certificate.der);
        else
            keys.push_back({.module = found.module,
                            .token = found.token.identity,
                            .cka_id = certificate.cka_id,
                            .certificate = certificate.der,
                            .chain = {},
                            .facts = *std::move(facts)});
    }
    for (Key& key : keys)
        key.chain = issuers.chain_of(key.certificate, authorities);
    return keys;
}

} // namespace

Inventory Inventory::of(std::vector<FoundToken> found, const IssuerStore& issuers)
{
    Inventory inventory;
    for (const FoundToken& token : found)
        std::ranges::move(keys_of(token, issuers), std::back_inserter(inventory.keys_));
    inventory.tokens_ = std::move(found);
    return inventory;
}

const Key* Inventory::find(const base::KeyId& id, Purpose purpose) const
{
    // Two certificates may hold one key, and two tokens one certificate: then the one that is valid longest.
    const auto worth = [&](const Key& key) { return std::pair(permits(key, purpose), key.facts.not_after); };
    const Key* found = nullptr;
    for (const Key& key : keys_)
        if (key.facts.key == id && (found == nullptr || worth(key) > worth(*found)))
            found = &key;
    return found;
}

std::vector<base::Bytes> Inventory::certificates_of(const base::KeyId& id) const
{
    std::vector<base::Bytes> certificates;
    for (const Key& key : keys_)
        if (key.facts.key == id)
            certificates.push_back(key.certificate);
    return certificates;
}

bool permits(const Key& key, Purpose purpose)
{
    return purpose == Purpose::sign ? key.facts.may_sign : key.facts.may_decrypt;
}

bool Inventory::has(const pkcs11::TokenIdentity& token) const
{
    return std::ranges::any_of(tokens_, [&](const FoundToken& found) { return found.token.identity == token; });
}

std::vector<FoundToken> Inventory::drop_if(const std::function<bool(const FoundToken&)>& is_gone)
{
    std::vector<FoundToken> gone;
    std::ranges::copy_if(tokens_, std::back_inserter(gone), is_gone);
    std::erase_if(tokens_, is_gone);
    std::erase_if(keys_, [&](const Key& key) { return !has(key.token); });
    return gone;
}

} // namespace sceau::agent
