// One use of a key by one sceau-token process.
#pragma once

#include "agent/tokens/token_store.h"
#include "agent/tokens/used_readers.h"

namespace sceau::agent {

class WorkerKeyUse final : public KeyUse {
  public:
    /// `seen`: what PC/SC said of the task's reader when its card was found. `is_valid` becomes false when what is
    /// known of the module's tokens, such as the state of their PINs, may be another thing now.
    WorkerKeyUse(UsedReaders& used, ReaderWatch& readers, const pkcs11::Module& module, pkcs11::KeyTask task,
                 std::vector<pkcs11::Reader> seen, bool& is_valid)
        : used_(used),
          readers_(readers),
          module_(module),
          task_(std::move(task)),
          seen_(std::move(seen)),
          is_valid_(is_valid)
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

    UsedReaders& used_;
    ReaderWatch& readers_;
    const pkcs11::Module& module_;
    pkcs11::KeyTask task_;
    std::vector<pkcs11::Reader> seen_; // what the reader's name may mean; none where PC/SC has none
    bool& is_valid_;
    UsedReaders::Lease occupied_;
    std::optional<pkcs11::Worker> worker_;
    bool logged_in_ = false; // or may be
    bool answered_ = false;
};

} // namespace sceau::agent
