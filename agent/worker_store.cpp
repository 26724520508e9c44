#include "agent/worker_store.h"

#include "agent/log.h"
#include "agent/worker_key_use.h"
#include "agent/worker_report.h"
#include "pkcs11/reader_name.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

constexpr const char* kPcscSocket = "PCSCLITE_CSOCK_NAME"; // pcscd's socket, to libpcsclite

/// Whether a card that was in the reader then is in it still.
bool is_untouched(const pkcs11::Readers& then, const pkcs11::Readers& now, std::string_view slot_description)
{
    const auto before = readers_meant(then, slot_description);
    return !before.empty() && before == readers_meant(now, slot_description);
}

// Workers without a module speak to the pcscd that the modules speak to: the first that names its socket says where.
pkcs11::Module without_module(const std::vector<pkcs11::Module>& modules)
{
    pkcs11::Module none;
    for (const pkcs11::Module& module : modules)
        if (const auto socket = module.environment.find(kPcscSocket); socket != module.environment.end())
            none.environment.insert(*socket);
    return none;
}

} // namespace

WorkerStore::WorkerStore(std::vector<pkcs11::Module> modules, pkcs11::AfterLogin after_signature,
                         Clock::duration believed)
    : modules_(std::move(modules)),
      after_signature_(after_signature),
      no_module_(without_module(modules_)),
      readers_(no_module_, cache_.root()),
      believed_(believed),
      seen_(modules_.size())
{
}

asio::awaitable<void> WorkerStore::follow()
{
    co_await readers_.follow();
}

bool WorkerStore::is_there(const FoundToken& found) const
{
    const pkcs11::Readers& then = seen_.at(found.module).readers;
    return readers_meant(then, found.token.reader).empty() || is_untouched(then, readers_.now(), found.token.reader);
}

bool WorkerStore::is_current(const Seen& seen) const
{
    return seen.valid && seen.comes_and_goes && seen.readers.service && seen.readers == readers_.now() &&
           seen.look == looks_wanted_ && Clock::now() - seen.began < believed_;
}

asio::awaitable<Result<std::vector<FoundToken>>> WorkerStore::discover()
{
    for (std::size_t module = 0; module < modules_.size(); ++module)
        if (!is_current(seen_[module]))
            CO_TRY(co_await look(module));
    std::vector<FoundToken> found;
    for (std::size_t module = 0; module < modules_.size(); ++module)
        for (const pkcs11::Token& token : seen_[module].tokens)
            found.push_back({.module = module, .token = token});
    co_return found;
}

asio::awaitable<Result<>> WorkerStore::look(std::size_t module)
{
    Seen found{.valid = true,
               .look = looks_wanted_,
               .began = Clock::now(),
               .comes_and_goes = seen_[module].comes_and_goes,
               .readers = readers_.now(),
               .tokens = {},
               .missed = {},
               .certificates = cache_.new_folder()};
    auto report = co_await ask(module, found.certificates);
    if (!report && report.error().code == base::ErrorCode::cancelled) {
        CertificateCache::remove(found.certificates);
        co_return std::unexpected(std::move(report).error());
    }
    if (!report) {
        log("{} shows no tokens: {}", modules_[module].path.string(), report.error().message);
        found.valid = false;
    } else {
        found.tokens = std::move(report->tokens);
        keep_occupied(seen_[module], found);
        if (!is_of_one_card_each(found.tokens))
            CertificateCache::remove(std::exchange(found.certificates, {}));
        if (!found.tokens.empty())
            found.comes_and_goes = std::ranges::all_of(found.tokens, [&](const pkcs11::Token& token) {
                return token.removable && !readers_meant(found.readers, token.reader).empty();
            });
    }
    found.missed = missed(seen_[module], found);
    found.valid = found.valid && found.missed.empty();
    CertificateCache::remove(seen_[module].certificates);
    seen_[module] = std::move(found);
    co_return Result<>{};
}

asio::awaitable<Result<pkcs11::Discovered>> WorkerStore::ask(std::size_t module, std::filesystem::path& cache)
{
    for (;;) {
        pkcs11::DiscoverTask task{.busy_readers = {occupied_.begin(), occupied_.end()}, .certificate_cache = cache};
        CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(modules_[module], task));
        auto found = expect<pkcs11::Discovered>(co_await next_report(worker, Clock::now() + modules_[module].timeout));
        if (!found || cache.empty() || is_of_one_card_each(found->tokens))
            co_return found;
        CertificateCache::remove(std::exchange(cache, {})); // the second card's certificates may be the first one's
    }
}

bool WorkerStore::is_of_one_card_each(const std::vector<pkcs11::Token>& tokens) const
{
    std::map<std::string, std::string> readers; // by serial number
    return std::ranges::all_of(tokens, [&](const pkcs11::Token& token) {
        if (!token.removable)
            return true;
        const auto [first, added] = readers.try_emplace(token.identity.serial, token.reader);
        // A card may have several slots. Two readers may have one name, where it is long.
        return added || (first->second == token.reader && readers_.meant(token.reader).size() == 1);
    });
}

void WorkerStore::keep_occupied(const Seen& before, Seen& found) const
{
    for (const pkcs11::Token& token : before.tokens) {
        if (!occupied_.contains(token.reader) || !is_untouched(before.readers, found.readers, token.reader))
            continue;
        found.tokens.push_back(token);
        found.look = before.look; // who wanted it looked at still does
        found.began = before.began;
    }
    // What happened in a reader that was not looked into is looked at next time.
    std::erase_if(found.readers.readers, [&](const pkcs11::Reader& reader) {
        const auto is_it = [&](const std::string& occupied) { return pkcs11::is_in_reader(occupied, reader.name); };
        const auto old = std::ranges::find(before.readers.readers, reader.name, &pkcs11::Reader::name);
        return std::ranges::any_of(occupied_, is_it) && (old == before.readers.readers.end() || *old != reader);
    });
}

// A card that was a token and is none now, though nobody touched it, did not answer in time: it is looked at again when
// somebody asks.
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

std::unique_ptr<KeyUse> WorkerStore::start(std::size_t module, pkcs11::KeyTask task)
{
    const Seen& seen = seen_.at(module);
    const auto token = std::ranges::find_if(seen.tokens, [&](const pkcs11::Token& each) {
        return each.identity == task.token && each.reader == task.slot;
    });
    if (token != seen.tokens.end() && token->removable)
        task.reader = token->reader;
    task.after = after_signature_;
    // What is kept is of the card that was there: another one that came since would be seen.
    if (seen_in(module, task.slot).size() == 1)
        task.certificate_cache = seen.certificates;
    return std::make_unique<WorkerKeyUse>(*this, modules_[module], module, std::move(task));
}

std::shared_ptr<void> WorkerStore::occupy(const std::string& reader)
{
    if (reader.empty())
        return nullptr;
    const auto place = occupied_.insert(reader);
    return {nullptr, [this, place](std::nullptr_t) { occupied_.erase(place); }};
}

void WorkerStore::note_open(const std::string& reader)
{
    if (reader.empty())
        return;
    open_[reader] = readers_.meant(reader);
}

asio::awaitable<Result<>> WorkerStore::close(const std::string& reader, Clock::time_point deadline)
{
    const auto open = open_.find(reader);
    if (open == open_.end())
        co_return Result<>{};
    const bool is_sure = open->second.size() == 1; // of several, another's card may have gone
    if (is_sure && readers_.now().service && readers_.meant(reader) != open->second) {
        open_.erase(open); // it was pulled out meanwhile, and has had no power
        co_return Result<>{};
    }
    CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(no_module_, pkcs11::ResetTask{reader}));
    auto reset = expect<pkcs11::CardReset>(co_await next_report(worker, deadline));
    if (!reset && reset.error().code == base::ErrorCode::token_absent) {
        // A slot that is no reader of PC/SC's, such as a network HSM's: there is nothing that could be reset later.
        log("the card in \"{}\" was not reset, and may stay open to other programs: {}", reader, reset.error().message);
        open_.erase(reader);
        co_return Result<>{};
    }
    if (!reset) {
        reset.error().message =
            "after a failure the card must be reset, and was not; pull it out and put it in again: " +
            reset.error().message;
        co_return std::unexpected(std::move(reset).error());
    }
    open_.erase(reader);
    co_return Result<>{};
}

} // namespace sceau::agent
