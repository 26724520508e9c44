// One use of a key by one sceau-token process.
#pragma once

#include "agent/tokens/token_store.h"
#include "agent/tokens/used_readers.h"

namespace sceau::agent {

class WorkerKeyUse final : public KeyUse {
  public:
    /// `seen` is what PC/SC said of the task's reader when its card was found. `is_valid` is set to false when what is
    /// known of the module's tokens, such as the state of their PINs, may have changed.
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
    /// Like next_report(), but also ends when the card is pulled out, and names the programs that hold the card.
    asio::awaitable<base::Result<pkcs11::Report>> report(Clock::time_point deadline);
    bool was_pulled() const;
    asio::awaitable<bool> was_pulled_soon();

    UsedReaders& used_;
    ReaderWatch& readers_;
    const pkcs11::Module& module_;
    pkcs11::KeyTask task_;
    std::vector<pkcs11::Reader> seen_; // the readers that the name may mean; empty if PC/SC has none
    bool& is_valid_;
    UsedReaders::Lease occupied_;
    std::optional<pkcs11::Worker> worker_;
    bool logged_in_ = false; // perhaps only attempted
    bool answered_ = false;
};

} // namespace sceau::agent
