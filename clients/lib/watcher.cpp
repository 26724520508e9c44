#include "clients/lib/watcher.h"

namespace sceau::client {

using base::Result;

Result<> Watcher::connect()
{
    TRY_ASSIGN(client_, socket_ ? ipc::Client::connect(*socket_) : ipc::Client::connect());
    client_->give_up_when_readable(give_up_fd_);
    return client_->begin<ipc::Watch>();
}

Result<bool> Watcher::take(std::chrono::milliseconds patience)
{
    bool any = false;
    while (true) {
        TRY_ASSIGN(auto reply, client_->next<ipc::Watch>(any ? std::chrono::milliseconds(0) : patience));
        if (!reply)
            return any;
        seen_ = *std::move(reply);
        any = true;
    }
}

std::unexpected<base::Error> Watcher::forget(base::Error error)
{
    client_.reset();
    seen_ = {};
    return std::unexpected(std::move(error));
}

Result<bool> Watcher::follow(std::chrono::milliseconds patience)
{
    const bool connected_before = client_.has_value();
    Result<> connected;
    if (!connected_before)
        connected = connect();
    if (!connected)
        return forget(std::move(connected).error());
    auto taken = take(patience);
    if (taken || taken.error().code == base::ErrorCode::cancelled)
        return taken;
    client_.reset();
    return connected_before ? follow(patience) : forget(std::move(taken).error());
}

} // namespace sceau::client
