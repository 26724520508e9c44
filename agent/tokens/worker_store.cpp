#include "agent/tokens/worker_store.h"

#include "agent/log.h"
#include "agent/tokens/worker_key_use.h"
#include "agent/tokens/worker_report.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

constexpr const char* kPcscSocket = "PCSCLITE_CSOCK_NAME"; // pcscd's socket, to libpcsclite

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
      seen_(modules_.size()),
      attempts_(modules_.size())
{
}

asio::awaitable<void> WorkerStore::follow()
{
    co_await readers_.follow();
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
