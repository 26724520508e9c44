// The readers as PC/SC sees them now, by a monitor worker that lives as long as the agent.
#pragma once

#include "agent/wait.h"
#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

#include <string_view>
#include <utility>

namespace sceau::agent {

class ReaderWatch {
  public:
    /// The environment tells the monitor which pcscd it is to ask.
    explicit ReaderWatch(pkcs11::Module no_module) : no_module_(std::move(no_module)) {}

    /// Until it is cancelled. A worker that fails is started again.
    asio::awaitable<void> follow();

    /// Without `service` when nothing is known.
    const pkcs11::Readers& now() const { return now_; }
    /// None where PC/SC has no reader of this name (as Token::reader has it).
    const pkcs11::Reader* find(std::string_view slot_description) const;

    Event& changed() { return changed_; }

  private:
    asio::awaitable<base::Result<>> follow_one_worker();
    void take(pkcs11::Readers readers);

    pkcs11::Module no_module_;
    pkcs11::Readers now_;
    Event changed_;
};

} // namespace sceau::agent
