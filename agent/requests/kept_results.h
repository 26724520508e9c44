// The results of the last minute's decryptions. A mail program asks for the same decryption again and again while it
// opens one mail, and the person should be asked once. The result is kept, not the PIN. It stays in locked memory that
// is wiped, and only the connection that asked can get it.
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

/// A request is named by a digest of all that makes it what it is, so that none of it is kept.
class KeptResults : public std::enable_shared_from_this<KeptResults> {
  public:
    static constexpr std::chrono::seconds kTime{60};

    /// Gives the same request on the same connection one turn at a time: a second one finds the first one's result.
    asio::awaitable<base::Result<Queue::Turn>> turn(const ipc::Peer& peer, base::BytesView request);

    /// Returns the result of the same request on the same connection if it is still kept.
    std::optional<base::Bytes> find(const ipc::Peer& peer, base::BytesView request, Clock::time_point now) const;

    /// Keeps the result until kTime has passed or the connection is closed. The executor wipes it within a second after
    /// that. A result that does not fit into a Secret is not kept.
    void keep(const ipc::Peer& peer, base::BytesView request, base::BytesView result,
              const asio::any_io_executor& executor);

    bool empty() const { return kept_.empty(); }

  private:
    struct Kept {
        std::weak_ptr<const void> connection;
        base::Bytes request;
        base::Secret result;
        Clock::time_point until;
    };

    static asio::awaitable<void> wipe_in_time(std::weak_ptr<KeptResults> results);

    std::map<std::pair<const void*, base::Bytes>, Queue> under_way_; // by connection and request
    std::list<Kept> kept_;
    bool wiping_ = false;
};

} // namespace sceau::agent
