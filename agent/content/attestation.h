// What a signature itself says of what its signer was shown (docs/protocol.md, "Signed attributes of our own"): makes
// the attributes where the policy wants them, and keeps clients from adding others.
#pragma once

#include "agent/clock.h"
#include "base/result.h"
#include "mail/cms/own_attributes.h"
#include "preview/summary.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace sceau::agent {

class Attestation {
  public:
    /// Returns the SHA-256 of the journal's last line, or nothing while there is no journal.
    using Head = std::function<std::optional<base::Bytes>()>;
    /// Identifies a connection, and expires with it (ipc::Peer).
    using Connection = std::weak_ptr<const void>;

    /// How long the attributes that were given out may be signed.
    static constexpr std::chrono::minutes kTime{10};
    /// Of one connection. If it asks for more, the oldest are forgotten.
    static constexpr std::size_t kMostGivenOut = 8;

    Attestation(bool wanted, Head head) : wanted_(wanted), head_(std::move(head)) {}

    /// Whether the policy wants the attributes.
    bool is_wanted() const { return wanted_; }

    /// Returns the attributes for a content with this summary, each the DER of an Attribute; none if the policy wants
    /// none. Fails with `internal` if random numbers are unavailable.
    base::Result<std::vector<base::Bytes>> attributes_for(const preview::Summary& summary, const Connection& connection,
                                                          Clock::time_point now);

    /// Checks the attributes of a content that the person is about to be shown. Fails with `evidence_mismatch` if they
    /// say that something else is shown, have a journal's head that was not given out to this connection in the last
    /// ten minutes or has been signed before, or lack what the policy wants. Returns the head's salt if there is one:
    /// it belongs into the journal's entry.
    base::Result<std::optional<base::Bytes>> check(const mail::cms::OwnAttributes& attributes,
                                                   const preview::Summary& summary, const Connection& connection,
                                                   Clock::time_point now);

    /// The same for a content that cannot be shown, whose attributes may not say that it was.
    static base::Result<> check_unseen(const mail::cms::OwnAttributes& attributes);

  private:
    struct GivenOut {
        Connection connection;
        Clock::time_point at;
        base::Bytes salted_head;
        base::Bytes salt;
    };

    /// Forgets what nobody may sign any more.
    void forget_old(Clock::time_point now);
    std::optional<base::Bytes> salt_of(base::BytesView salted_head, const Connection& connection);

    bool wanted_;
    Head head_;
    std::deque<GivenOut> given_out_; // the oldest first
};

} // namespace sceau::agent
