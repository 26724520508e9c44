#include "agent/service.h"

#include "agent/journal/record.h"
#include "agent/log.h"
#include "agent/requests/describe_content.h"
#include "agent/requests/listing.h"
#include "agent/requests/read_journal.h"
#include "agent/requests/sign.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <fmt/format.h>

namespace sceau::agent {

using base::Result;

namespace {

/// Returns the log's word for what a request does with a key.
std::string use_of_key(const ipc::Request& request)
{
    if (const auto* signing = std::get_if<ipc::Sign::Parameters>(&request))
        return fmt::format("signature of {} with key {}", base::to_hex(signing->digest), signing->key.hex());
    if (const auto* decryption = std::get_if<ipc::Decrypt::Parameters>(&request))
        return fmt::format("decryption with key {}", decryption->key.hex());
    const auto* derivation = std::get_if<ipc::Derive::Parameters>(&request);
    return fmt::format("derivation with key {}", derivation != nullptr ? derivation->key.hex() : "");
}

void log_use(const ipc::Peer& peer, const ipc::Request& request, const Result<ipc::Reply>& reply)
{
    const std::string use = use_of_key(request);
    if (reply)
        log("{} for {} ({})", use, peer.name, peer.pid);
    else
        log("no {} for {} ({}): {}: {}", use, peer.name, peer.pid, base::to_string(reply.error().code),
            reply.error().message);
}

/// What a program can have as often as it likes, because no person and no token is needed for it, is counted.
Repetition repetition_of(const Account& account)
{
    return account.was_asked ? Repetition::written : Repetition::counted;
}

} // namespace

Result<std::unique_ptr<Service>> Service::create(Config config, std::unique_ptr<TokenStore> tokens,
                                                 Attestation::Head journal_head)
{
    TRY_ASSIGN(RefusedPins refused, RefusedPins::create());
    TRY_ASSIGN(Decryption decryption, Decryption::create());
    return std::unique_ptr<Service>(new Service(std::move(config), std::move(tokens), std::move(refused),
                                                std::move(decryption), std::move(journal_head)));
}

Service::Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused, Decryption decryption,
                 Attestation::Head journal_head)
    : config_(std::move(config)),
      tokens_(std::move(tokens), config_.issuers),
      policy_(config_.blind, config_.programs, config_.recipients),
      person_(config_, policy_, tokens_, std::move(refused)),
      journal_(config_.journal),
      examination_{.previews = {},
                   .attestation = Attestation(
                       config_.attest, journal_head ? std::move(journal_head) : [this] { return journal_.head(); })},
      decryption_(std::move(decryption)),
      correspondents_(config_.journal)
{
}

asio::awaitable<Result<ipc::Reply>> Service::handle(const ipc::Peer& peer, ipc::Request request,
                                                    ipc::ReplyStream& stream)
{
    co_await asio::this_coro::throw_if_cancelled(false); // cancelled waits return an error of their own
    // A worker whose module loads Sceau's module, as p11-kit's proxy may, would ask the agent that is waiting for it.
    if (ipc::is_descendant(peer))
        co_return std::unexpected(base::not_permitted("the agent's own workers get no answer from it"));
    if (uses_key(request))
        co_return co_await use_key(peer, request, stream);
    Account unused;
    co_return co_await answer(peer, request, stream, unused);
}

Service::Answer Service::use_key(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream)
{
    Account account;
    Result<ipc::Reply> reply;
    if (auto ready = journal_.ready(); ready)
        reply = co_await answer_in_turn(peer, request, stream, account);
    else
        reply = std::unexpected(std::move(ready).error());
    log_use(peer, request, reply);
    const ipc::JournalEntry entry = entry_of(peer, request, account, reply);
    if (auto recorded = journal_.record(entry, repetition_of(account)); !recorded) {
        log("not recorded, so nothing is released: {}", recorded.error().message);
        co_return std::unexpected(std::move(recorded).error());
    }
    correspondents_.note(entry);
    co_return reply;
}

Service::Answer Service::answer_in_turn(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream,
                                        Account& account)
{
    CO_TRY_ASSIGN(const auto place, place_for(peer.executable));
    co_return co_await answer(peer, request, stream, account);
}

void Service::look_at_journal()
{
    if (const auto ready = journal_.ready(); !ready)
        log("no key can be used until this is mended: {}", ready.error().message);
}

Result<std::shared_ptr<const void>> Service::place_for(const std::string& program)
{
    std::erase_if(programs_, [](const auto& each) { return each.second.expired(); });
    auto place = programs_[program].lock();
    if (static_cast<std::size_t>(place.use_count()) > kMostOfOneProgram)
        return std::unexpected(base::busy("too many requests of one program are waiting"));
    if (!place)
        programs_[program] = place = std::make_shared<int>();
    return place;
}

Service::Answer Service::answer(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream,
                                Account& account)
{
    return std::visit([&](const auto& wanted) { return answer(peer, wanted, stream, account); }, request);
}

Service::Answer Service::answer(const ipc::Peer&, const ipc::ListTokens::Parameters& wanted, ipc::ReplyStream&,
                                Account&)
{
    return list_tokens(tokens_, config_, wanted);
}

Service::Answer Service::answer(const ipc::Peer&, const ipc::ListKeys::Parameters& wanted, ipc::ReplyStream&, Account&)
{
    return list_keys(tokens_, wanted);
}

Service::Answer Service::answer(const ipc::Peer&, const ipc::Watch::Parameters&, ipc::ReplyStream& stream, Account&)
{
    return watch(tokens_, config_, stream);
}

Service::Answer Service::answer(const ipc::Peer&, const ipc::ReadJournal::Parameters& wanted, ipc::ReplyStream& stream,
                                Account&)
{
    return read_journal(journal_, wanted, stream);
}

Service::Answer Service::answer(const ipc::Peer& peer, const ipc::Sign::Parameters& request, ipc::ReplyStream& stream,
                                Account& account)
{
    return sign(means(), {.examination = examination_, .correspondents = correspondents_}, peer, request, stream,
                account);
}

Service::Answer Service::answer(const ipc::Peer& peer, const ipc::DescribeContent::Parameters& request,
                                ipc::ReplyStream&, Account&)
{
    return describe_content(means(), examination_, peer, request);
}

Service::Answer Service::answer(const ipc::Peer& peer, const ipc::Decrypt::Parameters& request,
                                ipc::ReplyStream& stream, Account& account)
{
    return decryption_.decrypt(means(), peer, request, stream, account);
}

Service::Answer Service::answer(const ipc::Peer& peer, const ipc::Derive::Parameters& request, ipc::ReplyStream& stream,
                                Account& account)
{
    return decryption_.derive(means(), peer, request, stream, account);
}

UseOfKey::Means Service::means()
{
    return {.config = config_, .tokens = tokens_, .policy = policy_, .person = person_};
}

asio::awaitable<void> Service::follow_tokens()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::co_spawn(co_await asio::this_coro::executor, tokens_.follow(), asio::detached);
    for (;;) {
        const auto pulled = co_await tokens_.look_and_wait();
        if (!pulled)
            co_return;
        for (const TokenId& token : *pulled)
            person_.note_pulled(token);
    }
}

} // namespace sceau::agent
