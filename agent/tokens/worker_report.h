// Awaits the reports of a sceau-token process.
#pragma once

#include "agent/wait.h"
#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

namespace sceau::agent {

/// Returns the worker's next report. Fails with `timed_out` at the deadline and `token_failed` if the worker ends
/// without one.
inline asio::awaitable<base::Result<pkcs11::Report>> next_report(pkcs11::Worker& worker, Clock::time_point deadline)
{
    for (;;) {
        CO_TRY_ASSIGN(auto report, worker.receive());
        if (report)
            co_return *std::move(report);
        auto waited = co_await readable(worker.events(), deadline);
        if (!waited && waited.error().code == base::ErrorCode::timed_out)
            co_return std::unexpected(base::timed_out("the token's PKCS#11 module did not answer in time"));
        CO_TRY(std::move(waited));
    }
}

/// Returns the report as an Expected, or the task's failure.
template <class Expected>
base::Result<Expected> expect(base::Result<pkcs11::Report> report)
{
    if (!report)
        return std::unexpected(std::move(report).error());
    if (auto* failed = std::get_if<pkcs11::Failed>(&*report))
        return std::unexpected(std::move(failed->error));
    if (auto* expected = std::get_if<Expected>(&*report))
        return std::move(*expected);
    return std::unexpected(base::token_failed("the token's process answered out of turn"));
}

} // namespace sceau::agent
