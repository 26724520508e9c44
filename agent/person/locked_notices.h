// Tells the person that a token's PIN is locked. That is news and no question: it never keeps a question waiting, and a
// crowd of requests for a locked token is told once.
#pragma once

#include "agent/person/pinentry.h"
#include "agent/tokens/token_store.h"
#include "agent/wait.h"

#include <map>
#include <memory>

namespace sceau::agent {

class LockedNotices {
  public:
    /// Within this time a token's notice is not shown again.
    static constexpr std::chrono::minutes kOnceIn{1};

    struct Notice {
        std::weak_ptr<const void> client; // its connection
        std::filesystem::path program;    // pinentry
        PromptPlace place;
        PromptText text;
        std::chrono::seconds time;
    };

    /// Notices open while nobody has a turn in `dialogs`, which outlives this object's last coroutine.
    explicit LockedNotices(Queue& dialogs) : dialogs_(dialogs) {}

    /// Opens the notice once no dialog is open, without a turn; it closes when it is pressed away, its time is over or
    /// a dialog is to open. One that had to wait is dropped when its client has gone meanwhile; else the client may go,
    /// as a command does that has its answer. Nothing where the token's waits, is open, or was just now.
    void tell(const TokenId& token, Notice notice, const asio::any_io_executor& executor);

  private:
    // Until when nothing more is said of a token: for ever while its notice waits or is open.
    using Told = std::map<TokenId, Clock::time_point>;

    static asio::awaitable<void> show(Queue& dialogs, std::shared_ptr<Told> told, TokenId token, Notice notice);

    Queue& dialogs_;
    std::shared_ptr<Told> told_ = std::make_shared<Told>();
};

} // namespace sceau::agent
