#include "agent/tokens/used_readers.h"

#include "agent/log.h"
#include "agent/tokens/worker_report.h"

namespace sceau::agent {

using base::Result;

void UsedReaders::note_open(const std::string& reader)
{
    if (reader.empty())
        return;
    open_[reader] = watch_.meant(reader);
}

asio::awaitable<Result<>> UsedReaders::close(const std::string& reader, Clock::time_point deadline)
{
    const auto open = open_.find(reader);
    if (open == open_.end())
        co_return Result<>{};
    // If the name fits several readers, the card that was removed may be another reader's.
    const bool is_sure = open->second.size() == 1;
    if (is_sure && watch_.now().service && watch_.meant(reader) != open->second) {
        open_.erase(open); // the card was pulled out meanwhile and so lost its power
        co_return Result<>{};
    }
    CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(no_module_, pkcs11::ResetTask{reader}));
    auto reset = expect<pkcs11::CardReset>(co_await next_report(worker, deadline));
    if (!reset && reset.error().code == base::ErrorCode::token_absent) {
        // The slot is not a PC/SC reader but, for example, a network HSM: nothing can be reset later either.
        log("the card in \"{}\" was not reset, and may stay open to other programs: {}", reader, reset.error().message);
        open_.erase(reader);
        co_return Result<>{};
    }
    if (!reset) {
        reset.error().message =
            "after a failure the card must be reset, and was not; pull it out and put it in again: " +
            reset.error().message;
        co_return std::unexpected(std::move(reset).error());
    }
    open_.erase(reader);
    co_return Result<>{};
}

} // namespace sceau::agent
