// What was decrypted in the last minute. A mail program asks for the same thing again and again while it opens one
// mail, and the person is to be asked once. The result is kept, not the PIN, in locked memory that is wiped, for the
// one connection that asked.
#pragma once

#include "agent/wait.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "ipc/peer.h"

#include <list>
#include <map>
#include <optional>
#include <utility>

namespace sceau::agent {

class KeptResults : public std::enable_shared_from_this<KeptResults> {
  public:
    static constexpr std::chrono::seconds kTime{60};

    /// The same request on the same connection has one turn at a time: one that asks for it meanwhile finds the result.
    asio::awaitable<base::Result<Queue::Turn>> turn(const ipc::Peer& peer, base::BytesView request);

    /// The result of the same request, on the same connection, where it is kept still.
    std::optional<base::Bytes> find(const ipc::Peer& peer, base::BytesView request, Clock::time_point now) const;

    /// Until kTime has gone by or the connection is closed; wiped by the executor within a second after that. One that
    /// is too long for a Secret is not kept.
    void keep(const ipc::Peer& peer, base::BytesView request, base::BytesView result,
              const asio::any_io_executor& executor);

    bool empty() const { return kept_.empty(); }

  private:
    struct Kept {
        std::weak_ptr<const void> connection;
        base::Bytes request; // its SHA-256
        base::Secret result;
        Clock::time_point until;
    };

    static asio::awaitable<void> wipe_in_time(std::weak_ptr<KeptResults> results);

    std::map<std::pair<const void*, base::Bytes>, Queue> under_way_; // by connection and request
    std::list<Kept> kept_;
    bool wiping_ = false;
};

} // namespace sceau::agent
