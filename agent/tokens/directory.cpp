#include "agent/tokens/directory.h"

#include "agent/log.h"

#include <algorithm>

namespace sceau::agent {

using base::ErrorCode;
using base::Result;

namespace {

// How often the tokens are checked when nobody asks (TokenStore::discover).
constexpr std::chrono::minutes kNowAndThen{11};

// How often a module without reader events is asked whether the awaited token has come.
constexpr std::chrono::seconds kLookAgain{1};

bool holds_the_same(const TokenId& id, const Inventory& before, const Inventory& now)
{
    const FoundToken* old = before.find(id);
    const FoundToken* found = now.find(id);
    return old != nullptr && found != nullptr && old->token.certificates == found->token.certificates &&
           old->token.keys == found->token.keys;
}

} // namespace

asio::awaitable<Result<std::vector<TokenId>>> TokenDirectory::look_and_wait()
{
    // This also wakes for a change that comes while tokens are discovered.
    auto changed = tokens_->changed().wait(Clock::now() + kNowAndThen);
    if (const auto found = co_await discover(); !found)
        log("the tokens cannot be listed: {}", found.error().message);
    const auto woken = co_await std::move(changed);
    if (!woken && woken.error().code != ErrorCode::timed_out)
        co_return std::unexpected(woken.error());
    co_return drop_pulled();
}

std::vector<TokenId> TokenDirectory::drop_pulled()
{
    std::vector<TokenId> pulled;
    for (const FoundToken& found : inventory_.drop_if([&](const auto& each) { return !tokens_->is_there(each); })) {
        pulled.push_back(id_of(found));
        std::erase_if(missing_, [&](const auto& each) { return each.first == pulled.back(); });
    }
    if (!pulled.empty())
        changed_.notify();
    return pulled;
}

asio::awaitable<Result<>> TokenDirectory::discover()
{
    CO_TRY_ASSIGN(auto found, co_await tokens_->discover());
    const bool other_issuers = issuers_.refresh();
    if (inventory_.is_of(found) && !other_issuers)
        co_return Result<>{};
    Inventory now = Inventory::of(std::move(found), issuers_);
    std::erase_if(missing_, [&](const auto& each) { return !holds_the_same(each.first, inventory_, now); });
    for (const auto& [token, key] : missing_)
        now.note_private_key(token, key, false);
    inventory_ = std::move(now);
    if (other_issuers)
        for (auto& [id, key] : known_) // includes tokens that are not plugged in
            key.chain = issuers_.chain_of(key.certificate, key.chain.certificates);
    for (const Key& key : inventory_.keys())
        known_.insert_or_assign(key.facts.key, key);
    changed_.notify();
    co_return Result<>{};
}

asio::awaitable<Result<>> TokenDirectory::discover_afresh()
{
    tokens_->look_again();
    co_return co_await discover();
}

Result<std::optional<Key>> TokenDirectory::expected(const base::KeyId& id) const
{
    if (const auto known = known_.find(id); known != known_.end())
        return known->second;
    if (tokens_->is_complete())
        return std::unexpected(base::key_not_found("no token that was seen has this key"));
    return std::nullopt;
}

asio::awaitable<Result<>> TokenDirectory::until_there(base::KeyId id, Purpose purpose, Clock::time_point deadline)
{
    while (inventory_.find(id, purpose) == nullptr)
        CO_TRY(co_await look_again(deadline));
    co_return Result<>{};
}

asio::awaitable<Result<>> TokenDirectory::look_again(Clock::time_point deadline)
{
    if (Clock::now() >= deadline)
        co_return std::unexpected(base::token_absent("the token of this key is not plugged in"));
    const auto changed = co_await changed_.wait(std::min(deadline, Clock::now() + kLookAgain));
    if (!changed && changed.error().code != ErrorCode::timed_out)
        co_return std::unexpected(changed.error());
    co_return co_await discover();
}

asio::awaitable<Result<>> TokenDirectory::until_pulled(TokenId token)
{
    while (inventory_.has(token))
        CO_TRY(co_await changed_.wait(Clock::time_point::max()));
    co_return Result<>{};
}

void TokenDirectory::note_private_key(const Key& key, bool is_there)
{
    const std::pair which(key.token, key.facts.key);
    if (is_there ? missing_.erase(which) == 0 : !missing_.insert(which).second)
        return;
    inventory_.note_private_key(key.token, key.facts.key, is_there);
    changed_.notify();
}

std::unique_ptr<KeyUse> TokenDirectory::start(const Key& key, const pkcs11::Operation& operation)
{
    return tokens_->start(key.module, {.token = key.token,
                                       .slot = key.token.reader,
                                       .reader = {},
                                       .cka_id = key.cka_id,
                                       .public_key = key.facts.public_key,
                                       .operation = operation,
                                       .certificate_cache = {}});
}

} // namespace sceau::agent
