#include "agent/worker_store.h"

#include "agent/log.h"
#include "agent/wait.h"

namespace sceau::agent {

using base::Result;

namespace {

asio::awaitable<Result<pkcs11::Report>> next_report(pkcs11::Worker& worker, Clock::time_point deadline)
{
    for (;;) {
        CO_TRY_ASSIGN(auto report, worker.receive());
        if (report)
            co_return *std::move(report);
        auto waited = co_await readable(worker.channel(), deadline);
        if (!waited && waited.error().code == base::ErrorCode::timed_out)
            co_return std::unexpected(base::timed_out("the token's PKCS#11 module did not answer in time"));
        CO_TRY(std::move(waited));
    }
}

// The worker's next report, which must be an Expected or the task's failure.
template <class Expected>
asio::awaitable<Result<Expected>> expect_report(pkcs11::Worker& worker, Clock::time_point deadline)
{
    CO_TRY_ASSIGN(pkcs11::Report report, co_await next_report(worker, deadline));
    if (auto* failed = std::get_if<pkcs11::Failed>(&report))
        co_return std::unexpected(std::move(failed->error));
    if (auto* expected = std::get_if<Expected>(&report))
        co_return std::move(*expected);
    co_return std::unexpected(base::token_failed("the token's process answered out of turn"));
}

class WorkerSigning final : public Signing {
  public:
    WorkerSigning(pkcs11::Worker worker, std::chrono::seconds timeout)
        : worker_(std::move(worker)), timeout_(timeout), deadline_(Clock::now() + timeout)
    {
    }

    asio::awaitable<Result<pkcs11::PinState>> ready() override
    {
        CO_TRY_ASSIGN(const auto report, co_await expect_report<pkcs11::Ready>(worker_, deadline_));
        co_return report.pin;
    }

    asio::awaitable<Result<base::Bytes>> sign(const base::Secret& pin) override
    {
        deadline_ = Clock::now() + timeout_;
        CO_TRY(worker_.send_pin(pin));
        CO_TRY_ASSIGN(auto report, co_await expect_report<pkcs11::Signed>(worker_, deadline_));
        co_return std::move(report.signature);
    }

    asio::awaitable<Result<>> leave() override
    {
        CO_TRY(co_await expect_report<pkcs11::Ended>(worker_, deadline_));
        co_return Result<>{};
    }

  private:
    pkcs11::Worker worker_;
    std::chrono::seconds timeout_;
    Clock::time_point deadline_; // the person's time is not the module's
};

} // namespace

asio::awaitable<Result<std::vector<FoundToken>>> WorkerStore::discover()
{
    std::vector<FoundToken> found;
    for (std::size_t index = 0; index < modules_.size(); ++index) {
        const pkcs11::Module& module = modules_[index];
        CO_TRY_ASSIGN(auto worker, pkcs11::Worker::start(module, pkcs11::DiscoverTask{}));
        auto report = co_await expect_report<pkcs11::Discovered>(worker, Clock::now() + module.timeout);
        if (!report && report.error().code == base::ErrorCode::cancelled)
            co_return std::unexpected(std::move(report).error());
        if (!report) {
            log("{} shows no tokens: {}", module.path.string(), report.error().message);
            continue;
        }
        for (pkcs11::Token& token : report->tokens)
            found.push_back({.module = index, .token = std::move(token)});
    }
    co_return found;
}

Result<std::unique_ptr<Signing>> WorkerStore::start_signing(std::size_t module, pkcs11::SignTask task)
{
    TRY_ASSIGN(auto worker, pkcs11::Worker::start(modules_.at(module), std::move(task)));
    return std::make_unique<WorkerSigning>(std::move(worker), modules_[module].timeout);
}

} // namespace sceau::agent
