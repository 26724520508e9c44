#include "agent/tokens/inventory.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace sceau::agent {

namespace {

bool has_namesake(const FoundToken& found, const std::vector<FoundToken>& all)
{
    const TokenId id = id_of(found);
    return std::ranges::any_of(all, [&](const FoundToken& other) {
        const TokenId its = id_of(other);
        return its.label == id.label && its != id;
    });
}

std::vector<Key> keys_of(const FoundToken& found, const std::vector<FoundToken>& all, const IssuerStore& issuers)
{
    std::set<base::KeyId> shown;
    for (const pkcs11::KeyObject& object : found.token.keys)
        shown.insert(base::KeyId::of_public_key(object.public_key));
    const bool is_ambiguous = has_namesake(found, all);
    std::vector<Key> keys;
    const auto add = [&](const base::Bytes& cka_id, mail::cms::CertificateFacts facts) -> Key& {
        const bool is_shown = shown.contains(facts.key);
        return keys.emplace_back(Key{.module = found.module,
                                     .token = id_of(found),
                                     .has_namesake = is_ambiguous,
                                     .cka_id = cka_id,
                                     .certificate = {},
                                     .chain = {},
                                     .facts = std::move(facts),
                                     .is_shown = is_shown});
    };
    std::set<base::KeyId> certified;
    std::vector<base::Bytes> authorities;
    for (const pkcs11::Certificate& certificate : found.token.certificates) {
        auto facts = mail::cms::read_certificate(certificate.der);
        if (!facts)
            continue;
        certified.insert(facts->key);
        if (facts->is_authority)
            authorities.push_back(certificate.der);
        else
            add(certificate.cka_id, *std::move(facts)).certificate = certificate.der;
    }
    for (Key& key : keys)
        key.chain = issuers.chain_of(key.certificate, authorities);
    for (const pkcs11::KeyObject& object : found.token.keys) {
        auto facts = mail::cms::read_public_key(object.public_key);
        if (facts && certified.insert(facts->key).second)
            add(object.cka_id, *std::move(facts)).label = object.label;
    }
    return keys;
}

} // namespace

Inventory Inventory::of(std::vector<FoundToken> found, const IssuerStore& issuers)
{
    Inventory inventory;
    for (const FoundToken& token : found)
        std::ranges::move(keys_of(token, found, issuers), std::back_inserter(inventory.keys_));
    inventory.tokens_ = std::move(found);
    return inventory;
}

const Key* Inventory::find(const base::KeyId& id, Purpose purpose) const
{
    // If two certificates hold one key, or two tokens hold one certificate, the one that is valid longest is chosen.
    const auto worth = [&](const Key& key) {
        return std::tuple(!key.is_missing, key.is_shown, permits(key, purpose), key.facts.not_after);
    };
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
        if (key.facts.key == id && !key.certificate.empty())
            certificates.push_back(key.certificate);
    return certificates;
}

bool permits(const Key& key, Purpose purpose)
{
    return purpose == Purpose::sign ? key.facts.may_sign : key.facts.may_decrypt;
}

const FoundToken* Inventory::find(const TokenId& token) const
{
    const auto found = std::ranges::find_if(tokens_, [&](const FoundToken& each) { return id_of(each) == token; });
    return found == tokens_.end() ? nullptr : &*found;
}

void Inventory::note_private_key(const TokenId& token, const base::KeyId& key, bool is_there)
{
    for (Key& each : keys_)
        if (each.token == token && each.facts.key == key)
            each.is_missing = !is_there;
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
