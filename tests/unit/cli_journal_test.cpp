// The journal compared with what the system's journal was told of it.
#include "base/chained_lines.h"
#include "clients/cli/journal_check.h"
#include "clients/cli/journal_source.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

using namespace sceau;
using cli::check_journal;
using Heads = std::vector<base::ChainHead>;

namespace {

struct ToldJournal {
    test::TemporaryFolder folder;
    std::filesystem::path path = folder.path() / "journal.jsonl";
    Heads told;

    explicit ToldJournal(int entries, const std::string& what = "signature") { write(entries, what); }

    void write(int entries, const std::string& what)
    {
        auto lines = base::ChainedLines::open(path);
        REQUIRE(lines);
        for (int i = 0; i < entries; ++i)
            told.push_back(lines->append("{\"what\":\"" + what + "\"}").value());
    }

    void keep(std::size_t lines) const
    {
        const std::string text = folder.read("journal.jsonl");
        std::size_t end = 0;
        for (std::size_t i = 0; i < lines; ++i)
            end = text.find('\n', end) + 1;
        folder.write("journal.jsonl", text.substr(0, end));
    }
};

} // namespace

TEST_CASE("P15: a journal whose end was cut off is whole by itself, and not beside what the system's journal was told")
{
    const ToldJournal journal(5);
    CHECK(check_journal(journal.path, journal.told)->is_whole());
    CHECK(check_journal(journal.path, journal.told)->heads == 5);
    journal.keep(3);
    CHECK(check_journal(journal.path, std::nullopt)->is_whole());
    CHECK_FALSE(check_journal(journal.path, std::nullopt)->heads);
    const auto check = check_journal(journal.path, journal.told);
    CHECK_FALSE(check->is_whole());
    CHECK(check->last_told == 5);
    std::filesystem::remove(journal.path);
    CHECK(check_journal(journal.path, journal.told)->last_told == 5);
}

TEST_CASE("P15: a journal that was written anew is another one than the system's journal was told")
{
    ToldJournal journal(5);
    const Heads told = journal.told;
    journal.keep(2);
    journal.write(3, "nothing");
    CHECK(check_journal(journal.path, std::nullopt)->is_whole());
    const auto check = check_journal(journal.path, told);
    CHECK_FALSE(check->is_whole());
    REQUIRE(check->rewritten);
    CHECK(check->rewritten->number == 3);
    CHECK(check->rewritten->line == 3);
    CHECK_FALSE(check->last_told);
}

TEST_CASE("without a system journal nothing is known of a journal's heads, and that is no failure")
{
    const ToldJournal journal(1);
    CHECK_FALSE(cli::heads_in_system_journal(journal.path));
}

TEST_CASE("a journal that is named is the one that is read, whether or not an agent answers")
{
    ::setenv("SCEAU_SOCKET", "/nonexistent/agent", 1);
    ::setenv("XDG_STATE_HOME", "/srv/state", 1);
    CHECK(cli::journal_file("/srv/a/../journal") == "/srv/journal");
    CHECK(cli::journal_file("") == "/srv/state/sceau/journal.jsonl");
    ::unsetenv("XDG_STATE_HOME");
    ::unsetenv("SCEAU_SOCKET");
}
