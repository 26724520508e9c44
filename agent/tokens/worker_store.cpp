#include "agent/tokens/worker_store.h"

#include "agent/tokens/worker_key_use.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

constexpr const char* kPcscSocket = "PCSCLITE_CSOCK_NAME"; // libpcsclite's variable for the path of pcscd's socket

// Workers without a module use the same pcscd as the modules: the first module that names its socket decides.
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
      used_(readers_, no_module_),
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
    // What the folder holds is from the card that was there; if another card came since, it would have been seen.
    if (seen_in(module, task.slot).size() == 1)
        task.certificate_cache = seen.certificates;
    return std::make_unique<WorkerKeyUse>(used_, readers_, modules_[module], task, seen_in(module, task.reader),
                                          seen_[module].valid);
}

} // namespace sceau::agent
