// The chain of lines that the agent's journal is: what becomes of it when its writer is killed, and what is seen of a
// person who tampers with it.
#include "base/chain_check.h"
#include "base/chained_lines.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

using namespace sceau;
using base::ChainedLines;
using base::ChainFault;
using base::ChainReport;

namespace {

namespace fs = std::filesystem;

struct ChainFolder {
    test::TemporaryFolder folder;
    fs::path path = folder.path() / "state/journal.jsonl";

    /// Appends these many lines and closes the file.
    void write(int lines, std::uintmax_t most_bytes = ChainedLines::kMostBytes) const
    {
        auto chain = ChainedLines::open(path, most_bytes);
        REQUIRE(chain);
        for (int i = 0; i < lines; ++i)
            REQUIRE(chain->append(R"({"what":"line )" + std::to_string(chain->head().number + 1) + "\"}"));
    }

    ChainReport report() const
    {
        auto report = base::follow_chain(path);
        REQUIRE(report);
        return *std::move(report);
    }

    std::vector<std::string> lines() const
    {
        std::vector<std::string> lines;
        std::istringstream text(folder.read("state/journal.jsonl"));
        for (std::string line; std::getline(text, line);)
            lines.push_back(line);
        return lines;
    }

    void put(const std::vector<std::string>& lines) const
    {
        std::string text;
        for (const std::string& line : lines)
            text += line + "\n";
        folder.write("state/journal.jsonl", text);
    }
};

std::string fault_of(const ChainReport& report)
{
    if (!report.broken)
        return "none";
    for (const auto& each : base::enumerators(ChainFault()))
        if (each.value == report.broken->fault)
            return std::string(each.name) + " at " + std::to_string(report.broken->line);
    return "?";
}

/// Runs the function in a process of its own and kills that at its nth stop at a system call: before or after one.
/// Returns whether it came to that.
bool is_killed_at(int stop, const std::function<void()>& act)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        act();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    for (int seen = 0; WIFSTOPPED(status); ++seen) {
        if (seen == stop) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            return true;
        }
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        ::waitpid(child, &status, 0);
    }
    return false;
}

/// What must be true after any crash: what is torn is named, opening heals it, and nothing that was on the disk is
/// lost.
void check_heals(const ChainFolder& chain, unsigned kept)
{
    const ChainReport found = chain.report();
    if (found.broken)
        CHECK(found.broken->fault == ChainFault::torn);
    CHECK(found.head.number >= kept);
    chain.write(1);
    const ChainReport healed = chain.report();
    CHECK(fault_of(healed) == "none");
    CHECK(healed.head.number > kept);
    CHECK(healed.healed <= 1);
}

} // namespace

TEST_CASE("each line of a chain names the SHA-256 of the line before, and the whole is verified")
{
    const ChainFolder chain;
    chain.write(3);
    chain.write(2); // by another process, later
    const auto lines = chain.lines();
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] == R"({"number":1,"previous":")" + std::string(64, '0') + R"(","what":"line 1"})");
    CHECK(lines[4] == R"({"number":5,"previous":")" + base::sha256_hex(lines[3]) + R"(","what":"line 5"})");
    const ChainReport report = chain.report();
    CHECK(fault_of(report) == "none");
    CHECK(report.lines == 5);
    CHECK(report.head == base::ChainHead{.number = 5, .sha256 = base::sha256_hex(lines[4])});
}

TEST_CASE("a chain of lines and its folder belong to their account alone")
{
    const ChainFolder chain;
    chain.write(1);
    struct stat state{};
    REQUIRE(::stat(chain.path.c_str(), &state) == 0);
    CHECK((state.st_mode & 07777) == 0600);
    REQUIRE(::stat(chain.path.parent_path().c_str(), &state) == 0);
    CHECK((state.st_mode & 07777) == 0700);
}

TEST_CASE("an edited line is found, whichever it is")
{
    const ChainFolder chain;
    chain.write(6);
    const auto whole = chain.lines();
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        auto lines = whole;
        lines[i].replace(lines[i].find("line"), 4, "LINE");
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "edited at " + std::to_string(i + 1));
        lines[i] = whole[i];
        lines[i].replace(lines[i].find("previous") + 11, 4, "beef");
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "edited at " + std::to_string(i + 1));
        lines[i] = "not JSON";
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "edited at " + std::to_string(i + 1));
    }
}

TEST_CASE("removed, reordered and duplicated lines are told apart, with the line where it begins")
{
    const ChainFolder chain;
    chain.write(6);
    const auto whole = chain.lines();
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        const std::string here = std::to_string(i + 1);
        auto lines = whole;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "removed at " + here);
        lines = whole;
        std::swap(lines[i], lines[i + 1]);
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "reordered at " + here);
        lines = whole;
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
        chain.put(lines);
        CHECK(fault_of(chain.report()) == "duplicated at " + std::to_string(i + 2));
    }
}

TEST_CASE("lines that healing would excuse are not excused where nothing is torn")
{
    const ChainFolder chain;
    chain.write(4);
    auto lines = chain.lines();
    // Line 3 is passed off as torn by a record that does not know its bytes.
    lines[2] = "garbage";
    const std::string record = R"({"kind":"healed","torn_bytes":7,"torn_sha256":")" + std::string(64, 'a') + "\"}";
    std::string healed = base::linked_line({.number = 2, .sha256 = base::sha256_hex(lines[1])}, record);
    healed.pop_back();
    lines[3] = healed;
    chain.put(lines);
    CHECK(fault_of(chain.report()) == "edited at 3");
}

TEST_CASE("cut off at any byte of its last line, a chain names the torn line, and opening heals it")
{
    const ChainFolder chain;
    chain.write(3);
    const std::string whole = chain.folder.read("state/journal.jsonl");
    const std::size_t second_end = whole.find('\n', whole.find('\n') + 1) + 1;
    for (std::size_t size = second_end; size <= whole.size(); ++size) {
        INFO(size);
        chain.folder.write("state/journal.jsonl", whole.substr(0, size));
        const bool is_torn = size > second_end && size < whole.size();
        CHECK(fault_of(chain.report()) == (is_torn ? "torn at 3" : "none"));
        chain.write(1);
        const ChainReport report = chain.report();
        CHECK(fault_of(report) == "none");
        CHECK(report.healed == (is_torn ? 1 : 0));
        if (!is_torn)
            continue;
        // The bytes are kept, and the record knows them.
        CHECK(chain.lines()[2] == whole.substr(second_end, size - second_end));
        CHECK(chain.lines()[3].find("\"torn_bytes\":" + std::to_string(size - second_end)) != std::string::npos);
    }
}

TEST_CASE("a healing that is torn itself is healed again, at whichever byte")
{
    const ChainFolder chain;
    chain.write(2);
    const std::string torn = chain.folder.read("state/journal.jsonl") + R"({"number":3,"prev)";
    chain.folder.write("state/journal.jsonl", torn);
    REQUIRE(ChainedLines::open(chain.path));
    const std::string healed = chain.folder.read("state/journal.jsonl");
    for (std::size_t size = torn.size(); size <= healed.size(); ++size) {
        INFO(size);
        chain.folder.write("state/journal.jsonl", healed.substr(0, size));
        chain.write(1);
        const ChainReport report = chain.report();
        CHECK(fault_of(report) == "none");
        CHECK(report.healed == 1);
    }
}

TEST_CASE("what a power cut leaves in place of a line, zeros or none of it, is healed")
{
    const ChainFolder chain;
    chain.write(2);
    const std::string whole = chain.folder.read("state/journal.jsonl");
    for (const std::string& rest : {std::string(300, '\0'), std::string(20, '\0') + "\n", std::string("\n\n\n"),
                                    std::string(std::size_t{600} << 10, 'x')}) {
        chain.folder.write("state/journal.jsonl", whole + rest);
        chain.write(1);
        const ChainReport report = chain.report();
        CHECK(fault_of(report) == "none");
        CHECK(report.healed == 1);
        CHECK(report.lines == 4);
    }
}

TEST_CASE("killed at any system call while it appends, heals or begins a file, a chain is healed and loses no line")
{
    for (const bool is_torn : {false, true})
        for (const std::uintmax_t most_bytes : {ChainedLines::kMostBytes, std::uintmax_t{400}}) {
            bool killed = true;
            for (int stop = 1; killed; ++stop) {
                const ChainFolder chain;
                chain.write(2);
                if (is_torn)
                    chain.folder.write("state/journal.jsonl", chain.folder.read("state/journal.jsonl") + "{\"numb");
                killed = is_killed_at(stop, [&] {
                    auto lines = ChainedLines::open(chain.path, most_bytes);
                    if (lines)
                        for (int i = 0; i < 4; ++i)
                            static_cast<void>(lines->append(R"({"what":"more"})"));
                });
                INFO("torn " << is_torn << ", of " << most_bytes << " bytes, stop " << stop);
                check_heals(chain, 2);
            }
        }
}

TEST_CASE("killed after any byte of a line, a chain is healed and loses no line")
{
    const ChainFolder model;
    model.write(2);
    const auto size = fs::file_size(model.path);
    for (rlim_t limit = size; limit < size + 130; ++limit) {
        const ChainFolder chain;
        chain.write(2);
        const pid_t child = ::fork();
        if (child == 0) {
            const rlimit no_core{0, 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            const rlimit most{limit, limit}; // the write ends there; the next one ends the process
            ::setrlimit(RLIMIT_FSIZE, &most);
            auto lines = ChainedLines::open(chain.path);
            if (lines)
                static_cast<void>(lines->append(R"({"what":"more"})"));
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        INFO(limit);
        check_heals(chain, 2);
    }
}

TEST_CASE("a chain goes on in the next file when one is full, and is verified over all of them")
{
    const ChainFolder chain;
    chain.write(5, 400);
    chain.write(15, 400);
    const ChainReport report = chain.report();
    CHECK(fault_of(report) == "none");
    CHECK(report.lines == 20);
    CHECK(report.files > 5);
    CHECK(fs::exists(chain.path.string() + ".1"));
    for (const fs::path& file : base::files_of_chain(chain.path))
        CHECK(fs::file_size(file) <= 400);

    // Killed between the old file's new name and the new file.
    fs::rename(chain.path, base::next_kept_file(chain.path));
    chain.write(1, 400);
    CHECK(chain.report().lines == 21);
    CHECK(fault_of(chain.report()) == "none");

    // A file in the middle that is removed is missed.
    fs::remove(chain.path.string() + ".3");
    CHECK(chain.report().broken->fault == ChainFault::removed);
    CHECK(chain.report().broken->file == chain.path.string() + ".4");
    fs::remove(chain.path.string() + ".1");
    CHECK(fault_of(chain.report()) == "removed at 1");
}

TEST_CASE("a chain has one writer at a time")
{
    const ChainFolder chain;
    auto one = ChainedLines::open(chain.path, 400);
    REQUIRE(one);
    CHECK_FALSE(ChainedLines::open(chain.path));
    for (int i = 0; i < 9; ++i)
        REQUIRE(one->append(R"({"what":"a line"})")); // in new files as well
    CHECK_FALSE(ChainedLines::open(chain.path));
    one = std::unexpected(base::internal("closed"));
    CHECK(ChainedLines::open(chain.path));
}

TEST_CASE("a chain is not written through a link, to a pipe, or to a file that others can write")
{
    const ChainFolder chain;
    chain.write(1);
    const fs::path link = chain.folder.path() / "link";
    fs::create_symlink(chain.path, link);
    CHECK_FALSE(ChainedLines::open(link));
    const fs::path pipe = chain.folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_FALSE(ChainedLines::open(pipe));
    REQUIRE(::chmod(chain.path.c_str(), 0620) == 0);
    CHECK_FALSE(ChainedLines::open(chain.path));
}

TEST_CASE("a chain notices that its file was removed or replaced")
{
    const ChainFolder chain;
    auto lines = ChainedLines::open(chain.path);
    REQUIRE(lines);
    CHECK(lines->is_in_place());
    fs::remove_all(chain.path.parent_path());
    CHECK_FALSE(lines->is_in_place());
}
