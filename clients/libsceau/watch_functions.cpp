// sceau.h: changes to what is plugged in.
#include "clients/libsceau/libsceau.h"
#include "clients/libsceau/status.h"

using namespace sceau;

namespace {

std::chrono::milliseconds patience_of(int milliseconds)
{
    constexpr std::chrono::hours kForEver{24 * 365};
    return milliseconds < 0 ? kForEver : std::chrono::milliseconds(milliseconds);
}

} // namespace

sceau_watch* sceau_watch_open(const char* socket)
{
    sceau_watch* opened = nullptr;
    client::guarded([&] {
        opened = new sceau_watch{
            client::Watcher(socket != nullptr ? std::optional<std::filesystem::path>(socket) : std::nullopt)};
        return SCEAU_OK;
    });
    return opened;
}

void sceau_watch_close(sceau_watch* watch)
{
    delete watch;
}

int sceau_watch_next(sceau_watch* watch, int milliseconds, sceau_listing** listing)
{
    if (watch == nullptr || listing == nullptr)
        return SCEAU_BAD_ARGUMENT;
    return client::guarded([&]() -> int {
        const auto news = watch->watcher.follow(patience_of(milliseconds));
        if (!news)
            return client::status_of(news.error().code);
        if (!*news)
            return SCEAU_TIMED_OUT;
        const ipc::Watch::Reply& seen = watch->watcher.seen();
        *listing = client::listing_of(seen.tokens, seen.keys).release();
        return SCEAU_OK;
    });
}

int sceau_watch_fd(const sceau_watch* watch)
{
    return watch == nullptr ? -1 : watch->watcher.fd();
}
