// What the agent takes from a preview, and what not: the handle with programs that break the rules, and the filter of
// system calls that the real one is behind.

#include "base/child.h"
#include "preview/preview.h"
#include "tests/support/scratch.h"
#include "tests/support/sealed_content.h"

#include <catch2/catch.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>

using namespace sceau;
using namespace sceau::preview;
using namespace sceau::test;

namespace {

namespace fs = std::filesystem;

constexpr int kLongestWait = 60'000; // milliseconds

Preview started(const std::string& behaviour, const tests::Scratch& scratch)
{
    const fs::path link = scratch / ("fake-" + behaviour);
    fs::create_symlink(SCEAU_FAKE_PREVIEW, link);
    auto preview = Preview::start(sealed_content("x").value(), base::Hash::sha256, link);
    REQUIRE(preview);
    return std::move(*preview);
}

/// Returns the reports that come before the end or an error.
std::pair<std::vector<Report>, std::optional<base::Error>> all_of(Preview& preview)
{
    std::vector<Report> reports;
    for (;;) {
        auto report = preview.receive();
        if (!report)
            return {std::move(reports), report.error()};
        if (!*report) {
            pollfd event{.fd = preview.events(), .events = POLLIN, .revents = 0};
            REQUIRE(::poll(&event, 1, kLongestWait) == 1);
            continue;
        }
        reports.push_back(std::move(**report));
        if (std::holds_alternative<Ended>(reports.back()))
            return {std::move(reports), std::nullopt};
    }
}

std::string reason_of(const std::string& behaviour)
{
    const tests::Scratch scratch;
    Preview preview = started(behaviour, scratch);
    const auto [reports, error] = all_of(preview);
    REQUIRE(error);
    CHECK(error->code == base::ErrorCode::evidence_mismatch);
    CHECK(error->message.starts_with("the content could not be examined: "));
    return error->message;
}

/// Returns the status as in waitpid(2) of a process that does this behind the filter.
[[maybe_unused]] int filtered(const std::string& what) // a sanitized build has no filter
{
    std::array<int, 2> channel{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel.data()) == 0);
    const base::UniqueFd ours(channel[0]);
    const base::UniqueFd theirs(channel[1]);
    const base::UniqueFd content = sealed_content("content");
    auto child = base::Child::start(
        {.path = SCEAU_FILTERED,
         .arguments = {what},
         .environment = {},
         .descriptors = {{.ours = theirs.value(), .theirs = 3}, {.ours = content.value(), .theirs = 4}}});
    REQUIRE(child);
    pollfd end{.fd = child->end(), .events = POLLIN, .revents = 0};
    REQUIRE(::poll(&end, 1, kLongestWait) == 1);
    return child->reap().value();
}

} // namespace

TEST_CASE("a preview that reports the hash, then the summary, and exits, has reported")
{
    const tests::Scratch scratch;
    Preview preview = started("honest", scratch);
    const auto [reports, error] = all_of(preview);
    CHECK_FALSE(error);
    REQUIRE(reports.size() == 3);
    CHECK(std::get<ContentHash>(reports[0]).hash == base::Bytes(32, 7));
    CHECK(std::get<Summary>(reports[1]) == Summary{});
}

TEST_CASE("P19: a second hash of the content is an error, even after the summary")
{
    CHECK(reason_of("twohashes").ends_with("a second hash of the content"));
    CHECK(reason_of("latehash").ends_with("a report after the summary"));
}

TEST_CASE("P19: a summary without the hash before it, or twice, is an error")
{
    CHECK(reason_of("nohash").ends_with("a summary before the content's hash"));
    CHECK(reason_of("twosummaries").ends_with("a report after the summary"));
}

TEST_CASE("what is not a report is an error")
{
    CHECK(reason_of("otherhash").ends_with("a wrong size"));
    reason_of("garbage");
    CHECK(reason_of("toolarge").find("too large") != std::string::npos);
    CHECK(reason_of("longpiece").find("another size") != std::string::npos);
}

TEST_CASE("a preview that ends without its summary, or not with 0, is an error")
{
    CHECK(reason_of("nosummary").ends_with("exit status 0"));
    CHECK(reason_of("half").ends_with("exit status 0"));
    CHECK(reason_of("status").ends_with("exit status 1"));
    CHECK(reason_of("crash").find("Segmentation fault") != std::string::npos);
    CHECK(reason_of("crashlate").find("Segmentation fault") != std::string::npos);
}

TEST_CASE("a preview that hangs is killed with its handle")
{
    const tests::Scratch scratch;
    pid_t pid = -1;
    {
        Preview preview = started("hang", scratch);
        pid = preview.pid();
        pollfd event{.fd = preview.events(), .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&event, 1, kLongestWait) == 1);
        const auto hash = preview.receive();
        REQUIRE(hash);
        CHECK(std::holds_alternative<ContentHash>(hash->value()));
        const auto nothing = preview.receive();
        REQUIRE(nothing);
        CHECK_FALSE(nothing->has_value());
    }
    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("a summary is read as it was written, in pieces if it is larger than a packet")
{
    Summary summary;
    summary.refusal = Refusal{.reason = Reason::field_repeated, .field = "From"};
    summary.from = {{.name = "A", .shown = "a@example.org", .address = "a@example.org"}};
    summary.subject = "s";
    summary.date = Date{.text = "today", .instant = std::nullopt};
    summary.texts = {{.form = Form::html, .lines = {}, .lines_left_out = 3, .bytes_left_out = 4}};
    for (std::size_t i = 0; i < 100; ++i)
        summary.texts[0].lines.push_back({.text = std::string(kLineLimit, 'x'), .hidden = i % 2 == 0});
    summary.attachments = {{.name = "a", .type = "b/c", .size = 5}};
    summary.invitations = {{.method = "REQUEST", .summary = "s", .start = "t", .organiser = "o"}};
    summary.sums = {"1 €"};
    summary.accounts = {"X"};
    summary.notes = {{.what = Noted::link_differs, .value = "a", .other = "b"}};
    const auto packets = packets_of(summary);
    REQUIRE(packets);
    CHECK(packets->size() > 3);
    ReportReader reader;
    REQUIRE(reader.take(packet_of(ContentHash{base::Bytes(32, 1)})));
    std::optional<ReportReader::Part> part;
    for (const std::string& packet : *packets) {
        CHECK_FALSE(reader.is_complete());
        auto taken = reader.take(packet);
        REQUIRE(taken);
        part = std::move(*taken);
    }
    CHECK(reader.is_complete());
    REQUIRE(part);
    CHECK(std::get<Summary>(*part) == summary);
}

#ifndef SCEAU_SANITIZED
TEST_CASE("the preview's filter allows reading the content, reporting and memory")
{
    for (const std::string what : {"read", "report", "memory"}) {
        INFO(what);
        CHECK(filtered(what) == 0);
    }
}

TEST_CASE("P19: the preview's filter kills a process that does anything else")
{
    for (const std::string what :
         {"open", "socket", "fork", "execute", "kill", "write", "readother", "code", "map", "time"}) {
        INFO(what);
        const int status = filtered(what);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGSYS);
    }
}
#endif
