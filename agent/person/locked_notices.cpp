#include "agent/person/locked_notices.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/this_coro.hpp>

namespace sceau::agent {

using namespace asio::experimental::awaitable_operators;

namespace {

// How often a waiting notice checks whether its client has gone; nothing signals that.
constexpr std::chrono::milliseconds kUnlessFreed{200};

} // namespace

void LockedNotices::tell(const TokenId& token, Notice notice, const asio::any_io_executor& executor)
{
    std::erase_if(*told_, [](const auto& each) { return each.second <= Clock::now(); });
    if (told_->try_emplace(token, Clock::time_point::max()).second)
        asio::co_spawn(executor, show(dialogs_, told_, token, std::move(notice)), asio::detached);
}

asio::awaitable<void> LockedNotices::show(Queue& dialogs, std::shared_ptr<Told> told, TokenId token, Notice notice)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto deadline = Clock::now() + notice.time;
    for (bool shown = false; !shown;) {
        bool waited = false;
        while (dialogs.is_taken() && !notice.client.expired() && Clock::now() < deadline) {
            waited = true;
            co_await dialogs.freed(std::min(deadline, Clock::now() + kUnlessFreed));
        }
        if (dialogs.is_taken() || (waited && notice.client.expired())) {
            told->erase(token);
            co_return;
        }
        auto pinentry = co_await Pinentry::start(notice.program, notice.place, notice.text, deadline);
        if (!pinentry)
            break;
        shown = !dialogs.is_taken();
        if (shown)
            co_await (pinentry->tell(deadline) || dialogs.taken(deadline));
    }
    told->insert_or_assign(token, Clock::now() + kOnceIn);
}

} // namespace sceau::agent
