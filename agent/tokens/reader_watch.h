// The readers as PC/SC sees them now, reported by a monitor worker that lives as long as the agent.
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
    /// The environment in `no_module` tells the monitor which pcscd to use. The monitor removes the folder if this
    /// process is killed.
    ReaderWatch(pkcs11::Module no_module, std::filesystem::path certificate_cache)
        : no_module_(std::move(no_module)), certificate_cache_(std::move(certificate_cache))
    {
    }

    /// Follows the readers until it is cancelled. A worker that fails is started again.
    asio::awaitable<void> follow();

    /// `service` is false while nothing is known.
    const pkcs11::Readers& now() const { return now_; }
    /// Whether it is known that no pcscd answers.
    bool lacks_service() const { return told_ && !now_.service; }
    /// The readers that a Token::reader with this value may name now.
    std::vector<pkcs11::Reader> meant(std::string_view slot_description) const;

    Event& changed() { return changed_; }

  private:
    asio::awaitable<base::Result<>> follow_one_worker();
    void take(pkcs11::Readers readers);

    pkcs11::Module no_module_;
    std::filesystem::path certificate_cache_;
    pkcs11::Readers now_;
    bool told_ = false; // the worker has reported at least once
    Event changed_;
};

/// Returns the readers that Token::reader may name: none if it is not a PC/SC reader, several if their names differ
/// only after the part that fits into a slot description. If they are unchanged, no card of theirs came or went.
std::vector<pkcs11::Reader> readers_meant(const pkcs11::Readers& readers, std::string_view slot_description);

} // namespace sceau::agent
