// Decrypt and Derive, which a mail program calls to read a mail.
#pragma once

#include "agent/journal/account.h"
#include "agent/person/use_of_key.h"
#include "agent/requests/kept_results.h"
#include "base/rsa_encoding.h"

#include <memory>

namespace sceau::agent {

class Decryption {
  public:
    static base::Result<Decryption> create();

    asio::awaitable<base::Result<ipc::Reply>> decrypt(UseOfKey::Means means, const ipc::Peer& peer,
                                                      const ipc::Decrypt::Parameters& request, ipc::ReplyStream& stream,
                                                      Account& account);
    asio::awaitable<base::Result<ipc::Reply>> derive(UseOfKey::Means means, const ipc::Peer& peer,
                                                     const ipc::Derive::Parameters& request, ipc::ReplyStream& stream,
                                                     Account& account);

  private:
    explicit Decryption(const base::ImplicitRejection& rejection) : rejection_(rejection) {}

    /// Asks the person once for the same request of one connection.
    template <class Request>
    asio::awaitable<base::Result<base::Bytes>> once(UseOfKey::Means means, const ipc::Peer& peer,
                                                    const Request& request, ipc::ReplyStream& stream, Account& account);
    /// Makes the answer of the token's output.
    base::Result<base::Bytes> result_of(base::Bytes encoded, const ipc::Decrypt::Parameters& request) const;
    base::Result<base::Bytes> result_of(base::Bytes secret, const ipc::Derive::Parameters& request) const;

    base::ImplicitRejection rejection_;
    std::shared_ptr<KeptResults> results_ = std::make_shared<KeptResults>();
};

} // namespace sceau::agent
