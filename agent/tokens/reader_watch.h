// The readers as PC/SC sees them now, by a monitor worker that lives as long as the agent.
#pragma once

#include "agent/wait.h"
#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace sceau::agent {

class ReaderWatch {
  public:
    /// The environment tells the monitor which pcscd it is to ask. It clears the folder away if this process is killed.
    ReaderWatch(pkcs11::Module no_module, std::filesystem::path certificate_cache)
        : no_module_(std::move(no_module)), certificate_cache_(std::move(certificate_cache))
    {
    }

    /// Until it is cancelled. A worker that fails is started again.
    asio::awaitable<void> follow();

    /// Without `service` when nothing is known.
    const pkcs11::Readers& now() const { return now_; }
    /// It is known that no pcscd answers.
    bool lacks_service() const { return told_ && !now_.service; }
    /// Those that Token::reader may name now.
    std::vector<pkcs11::Reader> meant(std::string_view slot_description) const;

    Event& changed() { return changed_; }

  private:
    asio::awaitable<base::Result<>> follow_one_worker();
    void take(pkcs11::Readers readers);

    pkcs11::Module no_module_;
    std::filesystem::path certificate_cache_;
    pkcs11::Readers now_;
    bool told_ = false; // the worker has said how it is
    Event changed_;
};

/// The readers that Token::reader may name: none where it is no reader of PC/SC's, several where their names differ
/// only behind what a slot's description has room for. That they are what they were means that no card of theirs came
/// or went.
std::vector<pkcs11::Reader> readers_meant(const pkcs11::Readers& readers, std::string_view slot_description);

} // namespace sceau::agent
