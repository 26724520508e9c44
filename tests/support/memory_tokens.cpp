#include "tests/support/memory_tokens.h"

#include "mail/cms/certificate.h"

#include <algorithm>

namespace sceau::test {

using base::Result;

namespace {

struct Operate {
    base::Bytes operator()(const pkcs11::Signature& operation) const
    {
        return sign_digest(holder, operation.scheme, operation.digest.bytes());
    }
    base::Bytes operator()(const pkcs11::Decryption& operation) const
    {
        return decrypt_without_padding(holder, operation.ciphertext);
    }
    base::Bytes operator()(const pkcs11::Derivation& operation) const { return derive(holder, operation.public_key); }

    const Identity& holder;
};

base::Bytes public_key_of(const Identity& holder)
{
    return mail::cms::read_certificate(holder.der()).value().public_key;
}

class MemoryKeyUse final : public agent::KeyUse {
  public:
    MemoryKeyUse(std::shared_ptr<MemoryToken> token, pkcs11::KeyTask task, std::function<void(base::Bytes&)> spoil)
        : token_(std::move(token)), task_(std::move(task)), spoil_(std::move(spoil))
    {
        if (token_ == nullptr)
            return;
        ++token_->workers;
        token_->workers_at_most = std::max(token_->workers_at_most, ++token_->workers_now);
    }
    ~MemoryKeyUse() override
    {
        if (token_ != nullptr)
            --token_->workers_now;
    }

    asio::awaitable<Result<pkcs11::PinState>> ready(agent::Clock::time_point deadline) override
    {
        if (token_ == nullptr || token_->pulled)
            co_return std::unexpected(base::token_absent("the token is not there"));
        if (std::ranges::none_of(token_->keys, [&](const MemoryKey& each) { return is_wanted(each); }))
            co_return std::unexpected(base::key_not_found("the token does not hold the certificate"));
        if (!token_->held_by.empty()) {
            agent::Event nothing;
            const auto waited = co_await nothing.wait(deadline);
            if (waited.error().code == base::ErrorCode::cancelled)
                co_return std::unexpected(waited.error());
        }
        if (!token_->held_by.empty())
            co_return std::unexpected(base::busy(token_->held_by));
        if (token_->on_ready)
            token_->on_ready();
        co_return pkcs11::PinState{.low = !token_->silent && token_->tries_left < 3 && token_->tries_left > 0,
                                   .final_try = token_->tries_left == 1,
                                   .locked = token_->tries_left == 0,
                                   .pad = token_->pad,
                                   .shortest = token_->shortest_pin,
                                   .longest = token_->longest_pin};
    }

    asio::awaitable<Result<base::Bytes>> perform(const base::Secret& pin,
                                                 agent::Clock::time_point /*deadline*/) override
    {
        if (token_->pulled)
            co_return std::unexpected(base::token_absent("the token is not there"));
        if (token_->tries_left == 0)
            co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
        ++token_->logins;
        if (token_->slow) {
            agent::Event nothing;
            CO_TRY(co_await nothing.wait(agent::Clock::time_point::max()));
        }
        const bool typed_at_reader = token_->pad && pin.empty();
        if (!typed_at_reader && !std::ranges::equal(pin.expose(), base::as_bytes(token_->pin))) {
            --token_->tries_left;
            co_return std::unexpected(
                token_->tries_left == 0
                    ? base::pin_locked("the token takes no more PINs")
                    : base::pin_incorrect(token_->silent ? std::nullopt : std::optional(token_->tries_left)));
        }
        token_->tries_left = 3;
        const auto key = std::ranges::find_if(token_->keys, [&](const MemoryKey& each) { return is_wanted(each); });
        if (key == token_->keys.end() || key->missing)
            co_return std::unexpected(base::key_not_found("the token has no such key"));
        base::Bytes output = std::visit(Operate{*key->holder}, task_.operation);
        if (spoil_)
            spoil_(output);
        co_return output;
    }

    asio::awaitable<Result<>> leave() override { co_return Result<>{}; }

  private:
    bool is_wanted(const MemoryKey& key) const { return public_key_of(*key.holder) == task_.public_key; }

    std::shared_ptr<MemoryToken> token_; // null if there is no such token
    pkcs11::KeyTask task_;
    std::function<void(base::Bytes&)> spoil_;
};

} // namespace

asio::awaitable<Result<std::vector<agent::FoundToken>>> MemoryTokens::discover()
{
    ++discoveries;
    std::vector<agent::FoundToken> found;
    for (const auto& token : tokens_) {
        if (token->pulled)
            continue;
        pkcs11::Token seen{
            .identity = token->identity, .reader = token->reader, .removable = true, .pin = {}, .certificates = {}};
        for (const MemoryKey& key : token->keys) {
            if (key.label.empty())
                seen.certificates.push_back({.cka_id = key.cka_id, .der = key.holder->der()});
            else
                seen.keys.push_back(
                    {.cka_id = key.cka_id, .label = key.label, .public_key = public_key_of(*key.holder)});
        }
        for (const base::Bytes& authority : token->authorities)
            seen.certificates.push_back({.cka_id = {0xca}, .der = authority});
        found.push_back({.module = 0, .token = std::move(seen)});
    }
    co_return found;
}

asio::awaitable<void> MemoryTokens::follow()
{
    co_return; // the tests themselves say when a token comes or goes
}

bool MemoryTokens::is_there(const agent::FoundToken& found) const
{
    const auto token = find(found.token.identity, found.token.reader);
    return token != tokens_.end() && !(*token)->pulled;
}

std::vector<std::shared_ptr<MemoryToken>>::const_iterator MemoryTokens::find(const pkcs11::TokenIdentity& identity,
                                                                             const std::string& reader) const
{
    return std::ranges::find_if(tokens_,
                                [&](const auto& each) { return each->identity == identity && each->reader == reader; });
}

std::unique_ptr<agent::KeyUse> MemoryTokens::start(std::size_t /*module*/, pkcs11::KeyTask task)
{
    const auto token = find(task.token, task.slot);
    return std::make_unique<MemoryKeyUse>(token == tokens_.end() ? nullptr : *token, std::move(task),
                                          std::exchange(spoil, nullptr));
}

std::shared_ptr<MemoryToken> memory_token(const std::string& label, const std::string& address, const std::string& pin,
                                          mail::cms::EvpPkeyPtr key, const std::string& key_usage)
{
    auto token = std::make_shared<MemoryToken>();
    token->identity = {.label = label, .serial = "0001", .manufacturer = "Sceau", .model = "memory"};
    token->pin = pin;
    Wanted wanted;
    wanted.common_name = label;
    wanted.extensions = person_extensions("email:" + address);
    std::erase_if(wanted.extensions, [](const std::string& extension) { return extension.starts_with("keyUsage="); });
    wanted.extensions.push_back("keyUsage=" + key_usage);
    wanted.key = std::move(key);
    token->keys.push_back({.cka_id = {1}, .holder = std::make_shared<Identity>(self_signed(std::move(wanted)))});
    return token;
}

} // namespace sceau::test
