#include "agent/requests/kept_results.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

namespace sceau::agent {

using base::Bytes;
using base::BytesView;

namespace {

constexpr std::chrono::seconds kBetweenLooks{1};

} // namespace

asio::awaitable<base::Result<Queue::Turn>> KeptResults::turn(const ipc::Peer& peer, BytesView request)
{
    std::erase_if(under_way_, [](const auto& each) { return !each.second.is_taken(); });
    const std::pair which(peer.connection.lock().get(), Bytes(request.begin(), request.end()));
    co_return co_await under_way_[which].turn();
}

std::optional<Bytes> KeptResults::find(const ipc::Peer& peer, BytesView request, Clock::time_point now) const
{
    const auto connection = peer.connection.lock();
    for (const Kept& kept : kept_)
        if (connection && kept.connection.lock() == connection && std::ranges::equal(kept.request, request) &&
            now < kept.until)
            return Bytes(kept.result.expose().begin(), kept.result.expose().end());
    return std::nullopt;
}

void KeptResults::keep(const ipc::Peer& peer, BytesView request, BytesView result,
                       const asio::any_io_executor& executor)
{
    auto secret = base::Secret::create();
    if (!secret || result.size() > base::Secret::kCapacity || peer.connection.expired())
        return;
    std::ranges::copy(result, secret->storage().begin());
    secret->resize(result.size());
    kept_.push_back({.connection = peer.connection,
                     .request = Bytes(request.begin(), request.end()),
                     .result = *std::move(secret),
                     .until = Clock::now() + kTime});
    if (!std::exchange(wiping_, true))
        asio::co_spawn(executor, wipe_in_time(weak_from_this()), asio::detached);
}

asio::awaitable<void> KeptResults::wipe_in_time(std::weak_ptr<KeptResults> results)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        timer.expires_after(kBetweenLooks);
        co_await timer.async_wait(asio::use_awaitable);
        const auto self = results.lock();
        if (!self)
            co_return;
        const auto now = Clock::now();
        self->kept_.remove_if([&](const Kept& kept) { return now >= kept.until || kept.connection.expired(); });
        if (self->kept_.empty()) {
            self->wiping_ = false;
            co_return;
        }
    }
}

} // namespace sceau::agent
