#include "agent/content/preview.h"

#include "preview/preview.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

asio::awaitable<Result<preview::Report>> report(preview::Preview& preview, Clock::time_point deadline)
{
    for (;;) {
        CO_TRY_ASSIGN(auto report, preview.receive());
        if (report)
            co_return *std::move(report);
        const auto waited = co_await readable(preview.events(), deadline);
        if (!waited && waited.error().code == base::ErrorCode::timed_out)
            co_return std::unexpected(base::evidence_mismatch("the content could not be examined in time"));
        CO_TRY(waited);
    }
}

/// Starts the process that reads the content. If no hash is expected, any will do.
asio::awaitable<Result<preview::Summary>> summary_of(const base::SealedMemory& content, base::Hash hash,
                                                     std::optional<base::BytesView> expected)
{
    const auto deadline = Clock::now() + Previews::kTime;
    CO_TRY_ASSIGN(preview::Preview preview, preview::Preview::start(content.fd(), hash));
    // The hash comes before a parser has seen a byte; Preview allows the reports in this order only, and each once.
    CO_TRY_ASSIGN(const preview::Report first, co_await report(preview, deadline));
    const auto* found = std::get_if<preview::ContentHash>(&first);
    if (found == nullptr || (expected && !std::ranges::equal(found->hash, *expected)))
        co_return std::unexpected(base::evidence_mismatch("the content is not the one that the attributes name"));
    CO_TRY_ASSIGN(preview::Report second, co_await report(preview, deadline));
    auto* summary = std::get_if<preview::Summary>(&second);
    CO_TRY_ASSIGN(const preview::Report third, co_await report(preview, deadline));
    if (summary == nullptr || !std::holds_alternative<preview::Ended>(third))
        co_return std::unexpected(base::internal("a preview's reports are out of order"));
    co_return std::move(*summary);
}

} // namespace

asio::awaitable<Result<preview::Summary>> Previews::read(Asker asker, const base::SealedMemory& content,
                                                         base::Hash hash, base::BytesView expected)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await turns_.turn(std::move(asker)));
    co_return co_await summary_of(content, hash, expected);
}

asio::awaitable<Result<preview::Summary>> Previews::read(Asker asker, const base::SealedMemory& content)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await turns_.turn(std::move(asker)));
    co_return co_await summary_of(content, base::Hash::sha256, std::nullopt);
}

} // namespace sceau::agent
