// The part of the worker store that finds tokens. The modules are asked in parallel, a module that fails does not
// hinder the others, and what was seen remains until a module says otherwise.
#include "agent/log.h"
#include "agent/tokens/worker_report.h"
#include "agent/tokens/worker_store.h"
#include "pkcs11/reader_name.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

// Shorter than programs wait when they ask a PKCS#11 module for its slots.
constexpr std::chrono::seconds kPatience{4};

// How often a module is asked again if it no longer shows what it showed before. After a failure it is asked again
// once.
constexpr int kMostDoubts = 2;

/// Whether the card that was in the reader then is still there.
bool is_untouched(const pkcs11::Readers& then, const pkcs11::Readers& now, std::string_view slot_description)
{
    const auto before = readers_meant(then, slot_description);
    return !before.empty() && before == readers_meant(now, slot_description);
}

/// Also true if PC/SC does not know the reader and so cannot tell.
bool is_still_there(const pkcs11::Readers& then, const pkcs11::Readers& now, std::string_view slot_description)
{
    return readers_meant(then, slot_description).empty() || is_untouched(then, now, slot_description);
}

bool is_same(const pkcs11::Token& one, const pkcs11::Token& other)
{
    return one.identity == other.identity && one.reader == other.reader;
}

ipc::Obstacle obstacle_of(const std::filesystem::path& module, const base::Error& failure)
{
    using enum ipc::Obstacle::Kind;
    std::error_code error;
    ipc::Obstacle obstacle{.kind = module_failed, .module = module.string(), .detail = failure.message};
    if (module.is_absolute() && std::filesystem::status(module, error).type() == std::filesystem::file_type::not_found)
        obstacle.kind = module_missing;
    else if (failure.code == base::ErrorCode::unsupported)
        obstacle.kind = module_unusable;
    else if (failure.code == base::ErrorCode::timed_out)
        obstacle.kind = module_silent;
    return obstacle;
}

} // namespace

bool WorkerStore::is_there(const FoundToken& found) const
{
    return is_still_there(seen_.at(found.module).readers, readers_.now(), found.token.reader);
}

bool WorkerStore::is_current(const Seen& seen) const
{
    return seen.valid && seen.comes_and_goes && seen.readers.service && seen.readers == readers_.now() &&
           seen.look == looks_wanted_ && Clock::now() - seen.began < believed_;
}

bool WorkerStore::wants_look(std::size_t module) const
{
    const Seen& seen = seen_[module];
    return !is_current(seen) &&
           (seen.look != looks_wanted_ || attempts_[module].is_due(Clock::now()) || seen.readers != readers_.now());
}

bool WorkerStore::is_slow(std::size_t module) const
{
    return attempts_[module].is_running() && Clock::now() >= attempts_[module].begun() + kPatience;
}

bool WorkerStore::is_complete() const
{
    for (std::size_t module = 0; module < modules_.size(); ++module)
        if (is_slow(module))
            return false;
    return true;
}

std::vector<ipc::Obstacle> WorkerStore::obstacles() const
{
    using enum ipc::Obstacle::Kind;
    std::vector<ipc::Obstacle> all;
    if (modules_.empty())
        all.push_back({.kind = no_module, .detail = "no PKCS#11 module is configured"});
    for (std::size_t module = 0; module < modules_.size(); ++module)
        if (is_slow(module))
            all.push_back(
                {.kind = module_silent, .module = modules_[module].path.string(), .detail = "it has not answered yet"});
        else if (seen_[module].obstacle)
            all.push_back(*seen_[module].obstacle);
    const bool some_show_nothing = std::ranges::any_of(seen_, [](const Seen& seen) { return seen.tokens.empty(); });
    if (readers_.lacks_service() && some_show_nothing)
        all.push_back({.kind = no_pcscd, .detail = "pcscd does not answer"});
    return all;
}

asio::awaitable<Result<std::vector<FoundToken>>> WorkerStore::discover()
{
    std::vector<unsigned> before(modules_.size());
    for (std::size_t module = 0; module < modules_.size(); ++module) {
        before[module] = attempts_[module].begun_so_far();
        if (!attempts_[module].is_running() && wants_look(module))
            begin_look(module, co_await asio::this_coro::executor);
    }
    for (std::size_t module = 0; module < modules_.size(); ++module)
        CO_TRY(co_await wait_for_look(module, before[module]));
    std::vector<FoundToken> found;
    for (std::size_t module = 0; module < modules_.size(); ++module)
        for (const pkcs11::Token& token : seen_[module].tokens)
            found.push_back({.module = module, .token = token});
    co_return found;
}

void WorkerStore::begin_look(std::size_t module, const asio::any_io_executor& executor)
{
    attempts_[module].begin(Clock::now());
    asio::co_spawn(executor, look(module), asio::detached);
}

asio::awaitable<Result<>> WorkerStore::wait_for_look(std::size_t module, unsigned before)
{
    const Attempts& attempts = attempts_[module];
    CO_TRY(co_await until_ended(module, before));
    // A look that was already running at the time of the call may have missed what has come since.
    if (!attempts.is_running() && attempts.begun_so_far() == before && wants_look(module))
        begin_look(module, co_await asio::this_coro::executor);
    co_return co_await until_ended(module, std::min(attempts.begun_so_far(), before + 1));
}

asio::awaitable<Result<>> WorkerStore::until_ended(std::size_t module, unsigned look)
{
    while (attempts_[module].ended_so_far() < look) {
        const auto deadline = patience_with(module);
        if (Clock::now() >= deadline)
            co_return Result<>{};
        auto looked = co_await looked_.wait(deadline);
        if (!looked && looked.error().code != base::ErrorCode::timed_out)
            co_return looked;
    }
    co_return Result<>{};
}

Clock::time_point WorkerStore::patience_with(std::size_t module) const
{
    const bool some_are_known = std::ranges::any_of(seen_, [](const Seen& seen) { return !seen.tokens.empty(); });
    return some_are_known || attempts_[module].has_failed() ? attempts_[module].begun() + kPatience
                                                            : Clock::time_point::max();
}

asio::awaitable<void> WorkerStore::look(std::size_t module)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto begun = attempts_[module].begun();
    const auto shown_before = seen_[module].tokens;
    Seen at_begin;
    at_begin.look = looks_wanted_;
    at_begin.began = begun;
    at_begin.readers = readers_.now();
    auto found = co_await ask(module);
    // Modules fail when other processes use the same token.
    for (int again = 0; is_doubtful(seen_[module], found, again); ++again) {
        if (found)
            CertificateCache::remove(found->certificates);
        found = co_await ask(module);
    }
    if (found)
        take(module, *std::move(found));
    else
        keep_what_was_seen(module, found.error(), std::move(at_begin));
    looked_.notify();
    if (Clock::now() >= begun + kPatience && seen_[module].tokens != shown_before)
        readers_.changed().notify(); // those who waited have given up meanwhile
}

asio::awaitable<Result<WorkerStore::Seen>> WorkerStore::ask(std::size_t module)
{
    const Seen& before = seen_[module];
    Seen found{.valid = true,
               .look = looks_wanted_,
               .began = Clock::now(),
               .comes_and_goes = before.comes_and_goes,
               .readers = readers_.now(),
               .tokens = {},
               .missed = {},
               .certificates = cache_.new_folder(),
               .obstacle = {}};
    auto report = co_await run(module, found.certificates);
    if (!report) {
        CertificateCache::remove(found.certificates);
        co_return std::unexpected(std::move(report).error());
    }
    if (!report->incomplete.empty())
        found.obstacle = ipc::Obstacle{.kind = ipc::Obstacle::Kind::module_failed,
                                       .module = modules_[module].path.string(),
                                       .detail = std::move(report->incomplete)};
    found.tokens = std::move(report->tokens);
    keep_occupied(before, found);
    if (!is_of_one_card_each(found.tokens))
        CertificateCache::remove(std::exchange(found.certificates, {}));
    if (!found.tokens.empty())
        found.comes_and_goes = std::ranges::all_of(found.tokens, [&](const pkcs11::Token& token) {
            return token.removable && !readers_meant(found.readers, token.reader).empty();
        });
    found.missed = missed(before, found);
    co_return found;
}

asio::awaitable<Result<pkcs11::Discovered>> WorkerStore::run(std::size_t module, std::filesystem::path& cache)
{
    for (;;) {
        pkcs11::DiscoverTask task{.busy_readers = {used_.occupied().begin(), used_.occupied().end()},
                                  .certificate_cache = cache};
        CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(modules_[module], task));
        auto found = expect<pkcs11::Discovered>(co_await next_report(worker, Clock::now() + modules_[module].timeout));
        if (!found || cache.empty() || is_of_one_card_each(found->tokens))
            co_return found;
        CertificateCache::remove(std::exchange(cache, {})); // the second card's certificates may be those of the first
    }
}

bool WorkerStore::is_of_one_card_each(const std::vector<pkcs11::Token>& tokens) const
{
    std::map<std::string, std::string> readers; // by serial number
    return std::ranges::all_of(tokens, [&](const pkcs11::Token& token) {
        if (!token.removable)
            return true;
        const auto [first, added] = readers.try_emplace(token.identity.serial, token.reader);
        // A card may have several slots. Two readers with long names may share one name.
        return added || (first->second == token.reader && readers_.meant(token.reader).size() == 1);
    });
}

bool WorkerStore::is_doubtful(const Seen& before, const Result<Seen>& found, int again)
{
    if (found)
        return again < kMostDoubts && has_lost_something(before, *found);
    return again == 0 && found.error().code == base::ErrorCode::token_failed;
}

// PC/SC reports when a card goes. The removal of any other token is not reported, and a card that is still there has
// not answered in time.
bool WorkerStore::has_lost_something(const Seen& before, const Seen& found)
{
    const auto went_unseen = [&](const pkcs11::Token& token) {
        return readers_meant(before.readers, token.reader).empty() &&
               std::ranges::none_of(found.tokens, [&](const auto& each) { return is_same(each, token); });
    };
    return found.obstacle || !found.missed.empty() || std::ranges::any_of(before.tokens, went_unseen);
}

void WorkerStore::take(std::size_t module, Seen found)
{
    Seen& before = seen_[module];
    found.valid = found.missed.empty() && !found.obstacle;
    if (found.obstacle) {
        log("{} does not show all: {}", modules_[module].path.string(), found.obstacle->detail);
        keep_what_was_not_read(before, found);
    }
    CertificateCache::remove(before.certificates);
    before = std::move(found);
    attempts_[module].succeed();
}

void WorkerStore::keep_what_was_not_read(const Seen& before, Seen& found)
{
    for (const pkcs11::Token& known : before.tokens) {
        if (!is_still_there(before.readers, found.readers, known.reader))
            continue;
        const auto token = std::ranges::find_if(found.tokens, [&](const auto& each) { return is_same(each, known); });
        if (token == found.tokens.end())
            found.tokens.push_back(known);
        else if (token->certificates.size() < known.certificates.size() || token->keys.size() < known.keys.size())
            *token = known;
    }
}

void WorkerStore::keep_what_was_seen(std::size_t module, const base::Error& failure, Seen at_begin)
{
    log("{} shows no tokens: {}", modules_[module].path.string(), failure.message);
    Seen& seen = seen_[module];
    std::erase_if(seen.tokens, [&](const pkcs11::Token& token) {
        return !is_still_there(seen.readers, at_begin.readers, token.reader);
    });
    seen.valid = false;
    seen.look = at_begin.look;
    seen.began = at_begin.began;
    seen.readers = std::move(at_begin.readers);
    seen.obstacle = obstacle_of(modules_[module].path, failure);
    attempts_[module].fail(Clock::now());
}

void WorkerStore::keep_occupied(const Seen& before, Seen& found) const
{
    for (const pkcs11::Token& token : before.tokens) {
        if (!used_.occupied().contains(token.reader) || !is_untouched(before.readers, found.readers, token.reader))
            continue;
        found.tokens.push_back(token);
        found.look = before.look; // those who wanted the reader looked at still do
        found.began = before.began;
    }
    // A change in a reader that was left alone is looked at next time.
    std::erase_if(found.readers.readers, [&](const pkcs11::Reader& reader) {
        const auto is_it = [&](const std::string& occupied) { return pkcs11::is_in_reader(occupied, reader.name); };
        const auto old = std::ranges::find(before.readers.readers, reader.name, &pkcs11::Reader::name);
        return std::ranges::any_of(used_.occupied(), is_it) && (old == before.readers.readers.end() || *old != reader);
    });
}

// A card that was a token and no longer is, although nobody touched it, did not answer in time. It is looked at again
// when somebody asks.
std::vector<pkcs11::Token> WorkerStore::missed(const Seen& before, const Seen& found)
{
    std::vector<pkcs11::Token> missed;
    const auto look_for = [&](const pkcs11::Token& token) {
        if (std::ranges::find(found.tokens, token.reader, &pkcs11::Token::reader) == found.tokens.end() &&
            is_untouched(before.readers, found.readers, token.reader))
            missed.push_back(token);
    };
    std::ranges::for_each(before.tokens, look_for);
    std::ranges::for_each(before.missed, look_for);
    return missed;
}

} // namespace sceau::agent
