// Tokens behind sceau-token workers.
#pragma once

#include "agent/token_store.h"

namespace sceau::agent {

class WorkerStore final : public TokenStore {
  public:
    explicit WorkerStore(std::vector<pkcs11::Module> modules) : modules_(std::move(modules)) {}

    asio::awaitable<base::Result<std::vector<FoundToken>>> discover() override;
    base::Result<std::unique_ptr<Signing>> start_signing(std::size_t module, pkcs11::SignTask task) override;

  private:
    std::vector<pkcs11::Module> modules_;
};

} // namespace sceau::agent
