#include "agent/tokens/reader_watch.h"

#include "agent/log.h"
#include "agent/tokens/worker_report.h"
#include "pkcs11/reader_name.h"

#include <asio/this_coro.hpp>

#include <algorithm>
#include <iterator>

namespace sceau::agent {

using base::Result;

namespace {

constexpr std::chrono::seconds kPause{1}; // before a failed worker is started again

} // namespace

asio::awaitable<void> ReaderWatch::follow()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        const auto ended = co_await follow_one_worker();
        if (ended.error().code == base::ErrorCode::cancelled)
            co_return;
        log("the readers are not watched: {}", ended.error().message);
        told_ = false;
        take({});
        Event nothing;
        const auto paused = co_await nothing.wait(Clock::now() + kPause);
        if (paused.error().code == base::ErrorCode::cancelled)
            co_return;
    }
}

// Ends only with an error.
asio::awaitable<Result<>> ReaderWatch::follow_one_worker()
{
    CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(no_module_, pkcs11::MonitorTask{certificate_cache_}));
    for (;;) {
        CO_TRY_ASSIGN(auto readers, expect<pkcs11::Readers>(co_await next_report(worker, Clock::time_point::max())));
        if (!readers.service && !lacks_service())
            log("pcscd does not answer: no card in a reader is seen");
        told_ = true;
        take(std::move(readers));
    }
}

void ReaderWatch::take(pkcs11::Readers readers)
{
    if (readers == now_)
        return;
    now_ = std::move(readers);
    changed_.notify();
}

std::vector<pkcs11::Reader> ReaderWatch::meant(std::string_view slot_description) const
{
    return readers_meant(now_, slot_description);
}

std::vector<pkcs11::Reader> readers_meant(const pkcs11::Readers& readers, std::string_view slot_description)
{
    std::vector<pkcs11::Reader> meant;
    std::ranges::copy_if(readers.readers, std::back_inserter(meant), [&](const pkcs11::Reader& reader) {
        return pkcs11::is_in_reader(slot_description, reader.name);
    });
    return meant;
}

} // namespace sceau::agent
