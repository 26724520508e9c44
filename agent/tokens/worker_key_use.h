// One use of a key by one sceau-token process.
#pragma once

#include "agent/tokens/worker_store.h"

namespace sceau::agent {

class WorkerKeyUse final : public KeyUse {
  public:
    WorkerKeyUse(WorkerStore& store, const pkcs11::Module& module, std::size_t number, pkcs11::KeyTask task)
        : store_(store), module_(module), number_(number), task_(std::move(task))
    {
    }

    asio::awaitable<base::Result<pkcs11::PinState>> ready(Clock::time_point deadline) override;
    asio::awaitable<base::Result<base::Bytes>> perform(const base::Secret& pin, Clock::time_point deadline) override;
    asio::awaitable<base::Result<>> leave() override;

  private:
    base::Result<> start();
    /// next_report() that also ends when the card is pulled out, and that names those who keep it from us.
    asio::awaitable<base::Result<pkcs11::Report>> report(Clock::time_point deadline);
    bool was_pulled() const;
    asio::awaitable<bool> was_pulled_soon();

    WorkerStore& store_;
    const pkcs11::Module& module_;
    std::size_t number_; // the module's
    pkcs11::KeyTask task_;
    std::vector<pkcs11::Reader>
        seen_; // what the reader's name may mean, when the card was found; none where PC/SC has none
    std::shared_ptr<void> occupied_;
    std::optional<pkcs11::Worker> worker_;
    bool logged_in_ = false; // or may be
    bool answered_ = false;
};

} // namespace sceau::agent
