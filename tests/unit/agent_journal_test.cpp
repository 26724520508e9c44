// What the agent records of the use of keys, and that nothing is released that is not recorded.
#include "agent/journal/record.h"
#include "base/chain_check.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;
using ipc::JournalEntry;
using ipc::RequestOutcome;

namespace {

std::vector<JournalEntry> entries_in(const std::filesystem::path& journal)
{
    std::vector<JournalEntry> entries;
    const auto report = base::follow_chain(journal, [&](const base::StoredLine& line, const base::ChainHead&) {
        const auto entry = ipc::decode_entry(line.text);
        REQUIRE(entry);
        entries.push_back(*entry);
    });
    REQUIRE(report);
    CHECK_FALSE(report->broken);
    return entries;
}

std::filesystem::path journal_of(const Bench& bench)
{
    return bench.folder.path() / "journal.jsonl";
}

/// Runs the function in a process of its own with a disk of 256 KiB, and returns whether it returned true.
bool is_true_on_small_disk(const std::function<bool(const std::filesystem::path&)>& act)
{
    const TemporaryFolder disk;
    const pid_t child = ::fork();
    if (child == 0) {
        const uid_t uid = ::geteuid();
        if (::unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
            ::_exit(2);
        if (uid != 0)
            std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("small", disk.path().c_str(), "tmpfs", 0, "size=256k") != 0)
            ::_exit(2);
        ::_exit(act(disk.path()) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
        WARN("this system has no namespaces for the test of a full disk");
        return true;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void fill(const std::filesystem::path& disk)
{
    std::ofstream file(disk / "filler");
    while (file.put('x').flush()) {
    }
}

ErrorCode code_of(const base::Result<ipc::Reply>& reply)
{
    REQUIRE_FALSE(reply);
    return reply.error().code;
}

ipc::ShownField recipient(const std::string& address)
{
    return {.name = ipc::FieldName::to, .level = ipc::Level::proven, .value = "<" + address + ">", .address = address};
}

} // namespace

TEST_CASE("P15: a signature is in the journal: when, by which program, with which key, of what")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    REQUIRE(bench.run(bench.request(*token)));
    const auto entries = entries_in(journal_of(bench));
    REQUIRE(entries.size() == 1);
    const JournalEntry& entry = entries.front();
    CHECK(entry.number == 1);
    CHECK(entry.time.size() == std::string("2026-11-24T10:12:00.250Z").size());
    CHECK(entry.kind == ipc::EntryKind::request);
    CHECK(entry.operation == ipc::KeyOperation::sign);
    CHECK(entry.outcome == RequestOutcome::done);
    CHECK(entry.program == "/usr/bin/mailer");
    CHECK(entry.pid == 77);
    CHECK(entry.key == Bench::key_of(*token));
    CHECK(entry.token_label == "Direction");
    CHECK(entry.scheme == "ecdsa_secp256r1_sha256");
    CHECK(entry.digest == base::to_hex(bench.digest));
    REQUIRE(entry.shown);
    CHECK(entry.shown->level == ipc::Level::unseen);
    CHECK_FALSE(entry.error);
}

TEST_CASE("P15: requests that are refused, cancelled or fail are in the journal with their reason")
{
    const PinentryScript person({"cancel", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(code_of(bench.run(bench.request(*token))) == ErrorCode::cancelled);
    bench.memory->spoil = [](base::Bytes& signature) { signature.back() ^= 1; };
    CHECK(code_of(bench.run(bench.request(*token))) == ErrorCode::token_failed);
    auto other = bench.request(*token);
    other.scheme = Scheme::rsa_pkcs1_sha256;
    CHECK(code_of(bench.run(other)) == ErrorCode::unsupported);
    other.digest = {1, 2, 3};
    CHECK(code_of(bench.run(other)) == ErrorCode::invalid_parameter);
    const auto entries = entries_in(journal_of(bench));
    REQUIRE(entries.size() == 4);
    CHECK(entries[0].outcome == RequestOutcome::cancelled);
    CHECK(entries[1].outcome == RequestOutcome::failed);
    CHECK(entries[1].error == "token_failed");
    CHECK(entries[1].reason == "the token's signature is wrong; it was not released");
    CHECK(entries[2].outcome == RequestOutcome::refused);
    CHECK(entries[2].error == "unsupported");
    CHECK(entries[3].digest == "010203");
    CHECK_FALSE(entries[3].token_label);
}

TEST_CASE("a client that goes while the person is asked leaves an entry")
{
    const PinentryScript person({"hang"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    Bench::Call& call = bench.start_from("mailer", bench.request(*token));
    bench.run_until([&] { return person.times_asked() == 1; });
    call.go();
    bench.run_until([&] { return call.done; });
    const auto entries = entries_in(journal_of(bench));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].outcome == RequestOutcome::cancelled);
}

TEST_CASE("identical refusals in a row are counted, and the first and the number are never lost")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    std::filesystem::path journal;
    const TemporaryFolder folder;
    {
        Config config;
        config.journal = journal = folder.path() / "journal.jsonl";
        Bench bench({token}, config);
        auto refused = bench.request(*token);
        refused.scheme = Scheme::rsa_pkcs1_sha256;
        for (std::uint8_t i = 0; i < 20; ++i) {
            refused.digest[0] = i;
            bench.answer_to(refused);
            CHECK(entries_in(journal).size() == 1);
        }
        REQUIRE(bench.answer_to(bench.request(*token)));
        auto entries = entries_in(journal);
        REQUIRE(entries.size() == 3);
        CHECK(entries[0].digest->starts_with("00"));
        CHECK(entries[1].times == 19);
        CHECK_FALSE(entries[1].digest);
        CHECK(entries[1].reason == entries[0].reason);
        CHECK(entries[2].outcome == RequestOutcome::done);
        for (int i = 0; i < 3; ++i)
            bench.answer_to(refused);
        CHECK(entries_in(journal).size() == 4);
    }
    const auto entries = entries_in(journal); // the agent has stopped
    REQUIRE(entries.size() == 5);
    CHECK(entries[4].times == 2);
}

TEST_CASE("P15: where the journal cannot be written nobody is asked, and the error says why")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    const TemporaryFolder folder;
    Config config;
    config.journal = folder.write("file", "") / "journal.jsonl";
    Bench bench({token}, config);
    const auto reply = bench.run(bench.request(*token));
    CHECK(code_of(reply) == ErrorCode::journal_failed);
    CHECK(reply.error().message.find(config.journal.string()) != std::string::npos);
    CHECK(person.times_asked() == 0);
    CHECK(token->workers == 0);
    CHECK(bench.run(ipc::ListKeys::Parameters{}));
}

TEST_CASE("P15: a signature that cannot be recorded any more is not released")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    token->on_ready = [&] {
        std::filesystem::remove(journal_of(bench));
        std::filesystem::create_directory(journal_of(bench));
    };
    CHECK(code_of(bench.run(bench.request(*token))) == ErrorCode::journal_failed);
    CHECK(token->logins == 1);
    token->on_ready = nullptr;
    CHECK(code_of(bench.run(bench.request(*token))) == ErrorCode::journal_failed);
    CHECK(person.times_asked() == 1);

    std::filesystem::remove(journal_of(bench)); // mended
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(entries_in(journal_of(bench)).size() == 1);
}

TEST_CASE("P15: on a full disk nothing is released: with a disk that fills up while the person is asked, too")
{
    const auto token = memory_token("Direction", "direction@example.org");
    const PinentryScript person({"pin 123456", "pin 123456", "pin 123456", "pin 123456"});
    CHECK(is_true_on_small_disk([&](const std::filesystem::path& disk) {
        Config config;
        config.journal = disk / "journal.jsonl";
        Bench bench({token}, config);
        bench.peer.executable = "/" + std::string(2000, 'x'); // two entries fill most of a page of the disk
        const auto signs = [&] { return bench.is_good(bench.run(bench.request(*token)), *token); };
        const auto fails = [&] {
            const auto reply = bench.run(bench.request(*token));
            return !reply && reply.error().code == ErrorCode::journal_failed;
        };
        bool good = signs() && signs();
        token->on_ready = [&] { fill(disk); };
        good = good && fails() && person.times_asked() == 3;
        good = good && fails() && person.times_asked() == 3; // the disk is known to be full
        token->on_ready = nullptr;
        std::filesystem::remove(disk / "filler");
        return good && signs() && entries_in(config.journal).size() == 3;
    }));
}

TEST_CASE("P15: a line that a full disk took in part is taken back, and the journal goes on once there is room")
{
    CHECK(is_true_on_small_disk([](const std::filesystem::path& disk) {
        Journal journal(disk / "journal.jsonl");
        JournalEntry entry;
        entry.reason = std::string(3000, 'x');
        bool good = journal.record(entry, Repetition::written).has_value();
        fill(disk);
        const auto failed = [&] { return !journal.record(entry, Repetition::written); };
        good = good && failed() && failed() && !journal.ready();
        std::filesystem::remove(disk / "filler");
        good = good && journal.ready() && journal.record(entry, Repetition::written);
        const auto report = base::follow_chain(journal.path());
        return good && report && !report->broken && report->lines == 2 && report->healed == 0;
    }));
}

TEST_CASE("an entry takes at most 64 KiB, long texts are cut with a mark, and no recipient is left out without a count")
{
    ipc::Shown shown{.level = ipc::Level::proven, .lines = {}};
    for (int i = 0; i < 5000; ++i)
        shown.lines.push_back(recipient("person" + std::to_string(i) + "@example.org"));
    shown.lines.push_back(
        {.name = ipc::FieldName::text, .level = ipc::Level::proven, .value = std::string(1 << 20, '"')});
    ipc::Peer peer;
    peer.executable = std::string(4000, '\1');
    const ipc::Request request =
        ipc::Sign::Parameters{.key = base::KeyId(), .digest = base::Bytes(1 << 19), .evidence = {}, .terminal = {}};
    const JournalEntry entry =
        entry_of(peer, request, {.token_label = "Direction", .token_serial = "1", .shown = shown}, ipc::Reply());
    CHECK(encode_entry(entry).size() <= kLongestRecord);
    REQUIRE(entry.left_out);
    int counted = 0;
    for (const ipc::LeftOut& each : *entry.left_out)
        counted += each.count;
    CHECK(static_cast<std::size_t>(counted) + entry.shown->lines.size() == shown.lines.size());
    CHECK(recipients(entry).front() == "person0@example.org");
    CHECK(entry.program->ends_with("… [+2976]"));
    const auto again = ipc::decode_entry(R"({"number":1,"previous":"",)" + encode_entry(entry).substr(1));
    REQUIRE(again);
    CHECK(again->left_out == entry.left_out);
}

TEST_CASE("the journal is read page by page, by address, by time and from a number on")
{
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    {
        Journal journal(journal_of(bench));
        for (int i = 1; i <= 60; ++i) {
            JournalEntry entry;
            entry.reason = std::string(10'000, 'x');
            entry.shown = ipc::Shown{.level = ipc::Level::proven,
                                     .lines = {recipient(i == 7 ? "Bank@Example.org" : "other@example.org")}};
            REQUIRE(journal.record(entry, Repetition::written));
        }
    }
    const auto read = [&](const ipc::ReadJournal::Parameters& wanted) {
        return std::get<ipc::ReadJournal::Reply>(bench.answer_to(wanted).value());
    };
    ipc::ReadJournal::Reply page = read({});
    CHECK(page.path == journal_of(bench).string());
    // The bench's client asks with more: the last of several replies.
    CHECK(page.entries.back().number == 60);
    CHECK_FALSE(page.next);
    int number = 0;
    for (const ipc::Reply& sent : bench.calls.back()->stream.sent)
        for (const JournalEntry& entry : std::get<ipc::ReadJournal::Reply>(sent).entries)
            CHECK(entry.number == ++number);
    CHECK(number > 0);
    CHECK(page.entries.front().number == number + 1);

    REQUIRE(read({.to = "bank@example.org"}).entries.size() == 1);
    CHECK(read({.to = "bank@example.org"}).entries.front().number == 7);
    CHECK(read({.after = 58}).entries.size() == 2);
    CHECK(read({.after = 7, .to = "bank@example.org"}).entries.empty());
    CHECK(read({.since = "2126-11-24"}).entries.empty());
    CHECK(read({.limit = 3}).entries.size() == 3);
    CHECK(read({.limit = 0}).entries.empty());
    CHECK(code_of(bench.answer_to(ipc::ReadJournal::Parameters{.since = "yesterday"})) == ErrorCode::invalid_parameter);
}

TEST_CASE("an agent that starts after a power cut heals its journal and goes on")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.folder.write("journal.jsonl", R"({"number":1,"prev)");
    std::filesystem::permissions(journal_of(bench), std::filesystem::perms(0600));
    REQUIRE(bench.run(bench.request(*token)));
    const auto entries = entries_in(journal_of(bench));
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].kind == ipc::EntryKind::healed);
    CHECK(entries[0].torn_bytes == 17);
    CHECK(entries[1].number == 2);
}
