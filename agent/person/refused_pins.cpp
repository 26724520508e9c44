#include "agent/person/refused_pins.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace sceau::agent {

using base::Result;

Result<RefusedPins> RefusedPins::create()
{
    TRY_ASSIGN(base::Secret key, base::Secret::create());
    if (RAND_bytes(key.storage().data(), static_cast<int>(std::tuple_size_v<Mac>)) != 1)
        return std::unexpected(base::internal("no random bytes to be had"));
    key.resize(std::tuple_size_v<Mac>);
    return RefusedPins(std::move(key));
}

RefusedPins::Mac RefusedPins::mac(const base::Secret& pin) const
{
    Mac result{};
    const auto key = key_.expose();
    const auto text = pin.expose();
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text.data(), text.size(), result.data(), nullptr);
    return result;
}

void RefusedPins::remember(const TokenId& token, const base::Secret& pin)
{
    Refused& refused = refused_[token];
    refused.last = mac(pin);
    ++refused.count;
}

void RefusedPins::forget_pin(const TokenId& token)
{
    if (const auto found = refused_.find(token); found != refused_.end())
        found->second.last.reset();
}

bool RefusedPins::was_refused(const TokenId& token, const base::Secret& pin) const
{
    const auto found = refused_.find(token);
    if (found == refused_.end() || !found->second.last)
        return false;
    const Mac candidate = mac(pin);
    return CRYPTO_memcmp(found->second.last->data(), candidate.data(), candidate.size()) == 0;
}

unsigned RefusedPins::count(const TokenId& token) const
{
    const auto found = refused_.find(token);
    return found == refused_.end() ? 0 : found->second.count;
}

} // namespace sceau::agent
