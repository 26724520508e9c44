// Tells the person that a token's PIN is locked. A notice asks nothing: it never delays a question, and it appears only
// once however many requests meet a locked token.
#pragma once

#include "agent/person/pinentry.h"
#include "agent/tokens/token_store.h"
#include "agent/wait.h"

#include <map>
#include <memory>

namespace sceau::agent {

class LockedNotices {
  public:
    /// A token's notice is not shown again within this time.
    static constexpr std::chrono::minutes kOnceIn{1};

    struct Notice {
        std::weak_ptr<const void> client; // the client's connection
        std::filesystem::path program;    // pinentry
        PromptPlace place;
        PromptText text;
        std::chrono::seconds time;
    };

    /// `dialogs` must outlive this object's last coroutine. Notices open only while nobody has a turn in it.
    explicit LockedNotices(Queue& dialogs) : dialogs_(dialogs) {}

    /// Opens the notice without a turn once no dialog is open. It closes when the person dismisses it, when its time is
    /// over or when a dialog is about to open. If it had to wait and its client has gone, it is dropped; otherwise the
    /// client may leave, as a command does once it has its answer. Does nothing if the token's notice is waiting, is
    /// open or was shown just now.
    void tell(const TokenId& token, Notice notice, const asio::any_io_executor& executor);

  private:
    // Until when a token has no further notice. This has no end while its notice waits or is open.
    using Told = std::map<TokenId, Clock::time_point>;

    static asio::awaitable<void> show(Queue& dialogs, std::shared_ptr<Told> told, TokenId token, Notice notice);

    Queue& dialogs_;
    std::shared_ptr<Told> told_ = std::make_shared<Told>();
};

} // namespace sceau::agent
