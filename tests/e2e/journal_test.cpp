// The agent's journal as a person sees it: what real signatures leave in it, and what `sceau journal` says of it.

#include "tests/e2e/desk.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

using namespace sceau::test;
namespace fs = std::filesystem;
using Catch::Contains;
using nlohmann::json;

namespace {

std::string journal_name()
{
    return "state/sceau/journal.jsonl";
}

Ended sign_for(const Desk& desk, const std::string& address)
{
    return desk.sceau({"sign", "-o", desk.folder.path() / "signed"}, mail_from(address));
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

enum class Ran { no, yes, no_system_journal };

/// Runs the function in a process of its own, beside a system journal of its own. It returns whether all was well.
Ran beside_system_journal(const std::function<bool()>& act)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const bool is_apart = ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0 &&
                              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                              ::mount("run", "/run", "tmpfs", 0, "") == 0 &&
                              ::mount("log", "/var/log", "tmpfs", 0, "") == 0;
        if (!is_apart || !fs::exists("/lib/systemd/systemd-journald"))
            ::_exit(2);
        fs::create_directories("/var/log/journal");
        fs::create_directories("/run/systemd/journal");
        bool good = false;
        {
            const Program journald({"/lib/systemd/systemd-journald"}, {});
            while (!fs::exists("/run/systemd/journal/io.systemd.journal") && ::kill(journald.pid(), 0) == 0)
                ::usleep(20'000);
            try {
                good = act();
            } catch (const std::exception& failure) {
                std::fprintf(stderr, "%s\n", failure.what());
            }
        }
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        return Ran::no_system_journal;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ran::yes : Ran::no;
}

} // namespace

TEST_CASE("P15: beside a system journal, a tail that was cut off is found, and so is a journal that was written anew")
{
    const Ran ran = beside_system_journal([] {
        Desk desk;
        desk.person.will_answer({"pin 123456", "cancel", "pin 123456"});
        for (int i = 0; i < 3; ++i)
            sign_for(desk, "alice@example.org");
        desk.stop_agent();
        run({"journalctl", "--sync"});
        const Ended whole = desk.sceau({"journal", "verify"});
        const auto lines = lines_of(desk.folder.read(journal_name()));
        desk.folder.write(journal_name(), lines[0] + "\n" + lines[1] + "\n");
        const Ended cut = desk.sceau({"journal", "verify"});
        const json report = json::parse(desk.sceau({"journal", "verify", "--json"}).out);
        fs::remove(desk.folder.path() / journal_name());
        desk.start_again();
        desk.person.will_answer({"pin 123456"});
        sign_for(desk, "alice@example.org");
        run({"journalctl", "--sync"});
        const Ended anew = desk.sceau({"journal", "verify"});
        std::fprintf(stderr, "%s%s%s", whole.out.c_str(), cut.out.c_str(), anew.out.c_str());
        return whole.status == 0 &&
               whole.out.find("They are those that the system's journal knows of.") != std::string::npos &&
               cut.status == 1 && cut.out.find("The end is cut off") != std::string::npos && report["heads"] == 3 &&
               report["cut_off_before"] == 3 && report["broken"].is_null() && anew.status == 1 &&
               anew.out.find("line 1: the system's journal was told another entry 1.") != std::string::npos;
    });
    if (ran == Ran::no_system_journal)
        WARN("no system journal can be started here");
    CHECK(ran != Ran::no);
}

TEST_CASE("P15: every signature, cancelled and refused ones too, is in the journal, which is shown and verified")
{
    Desk desk(PinentryScript::program(), "blind = \"deny\"\n");
    CHECK_THAT(desk.sceau({"journal"}).out, Contains("The journal has nothing of that kind."));
    desk.person.will_answer({"pin 123456", "cancel"});
    REQUIRE(sign_for(desk, "alice@example.org").status == 0);
    REQUIRE(sign_for(desk, "alice@example.org").status == 77);
    const json keys = json::parse(desk.sceau({"keys", "--json"}).out)["keys"];
    const std::string key = keys[keys[0]["algorithm"] == "rsa" ? 0 : 1]["id"];
    REQUIRE(desk.sceau({"digest", "--key", key, "--scheme", "rsa_pkcs1_sha256", std::string(64, 'a')}).status == 77);

    const Ended shown = desk.sceau({"journal", "--json"});
    REQUIRE(shown.status == 0);
    const json journal = json::parse(shown.out);
    CHECK(journal["path"] == (desk.folder.path() / journal_name()).string());
    REQUIRE(journal["entries"].size() == 3);
    const json& first = journal["entries"][0];
    CHECK(first["operation"] == "sign");
    CHECK(first["outcome"] == "done");
    CHECK(first["program"] == (fs::path(SCEAU_BINARY_DIR) / "bin/sceau").string());
    CHECK(first["token_label"] == "Direction 2026");
    CHECK(first["scheme"].get<std::string>().starts_with("rsa_"));
    CHECK(journal["entries"][1]["outcome"] == "cancelled");
    CHECK(journal["entries"][2]["outcome"] == "refused");
    CHECK(journal["entries"][2]["error"] == "not_permitted");

    const Ended table = desk.sceau({"journal", "show"});
    CHECK_THAT(table.out, Contains("signature") && Contains("done") && Contains("cancelled") && Contains("refused: "));
    CHECK(desk.sceau({"journal", "show", "--since", "2126-01-01", "--json"}).out.find("\"entries\": []") !=
          std::string::npos);
    CHECK(desk.sceau({"journal", "--since", "yesterday"}).status == 64);
    desk.environment["LC_ALL"] = "fr_FR.UTF-8";
    desk.environment["LANGUAGE"] = "fr";
    CHECK_THAT(desk.sceau({"journal"}).out, Contains("annulé"));
    desk.environment["LC_ALL"] = "C.UTF-8";
    desk.environment.erase("LANGUAGE");

    const Ended verified = desk.sceau({"journal", "verify"});
    CHECK(verified.status == 0);
    CHECK_THAT(verified.out, Contains("WHOLE") && Contains("3 entries."));
    CHECK(desk.stop_agent() == 0);
    const json report = json::parse(desk.sceau({"journal", "verify", "--json"}).out);
    CHECK(report["whole"] == true);
    CHECK(report["entries"] == 3);
}

TEST_CASE("P15: a journal in which somebody edited or removed an entry is found to be broken, with file and line")
{
    Desk desk;
    desk.person.will_answer({"pin 123456", "cancel", "pin 123456"});
    for (int i = 0; i < 3; ++i)
        sign_for(desk, "alice@example.org");
    const auto lines = lines_of(desk.folder.read(journal_name()));
    REQUIRE(lines.size() == 3);
    std::string edited = lines[1];
    edited.replace(edited.find("cancelled"), 9, "done     ");
    desk.folder.write(journal_name(), lines[0] + "\n" + edited + "\n" + lines[2] + "\n");
    Ended verified = desk.sceau({"journal", "verify"});
    CHECK(verified.status == 1);
    CHECK_THAT(verified.out, Contains("BROKEN") && Contains("journal.jsonl, line 2: this entry is not the one"));

    desk.folder.write(journal_name(), lines[0] + "\n" + lines[2] + "\n");
    verified = desk.sceau({"journal", "verify", "--json"});
    CHECK(verified.status == 1);
    const json report = json::parse(verified.out);
    CHECK(report["whole"] == false);
    CHECK(report["broken"]["line"] == 2);
    CHECK(report["broken"]["fault"] == "removed");
}

TEST_CASE(
    "P15: where the journal cannot be written nothing is signed, nobody is asked, and the person is told what to do")
{
    Desk desk;
    fs::remove_all(desk.folder.path() / "state"); // which the agent made at its start
    desk.folder.write("state", "a file in the folder's place");
    desk.person.will_answer({"pin 123456"});
    const Ended ended = sign_for(desk, "alice@example.org");
    CHECK(ended.status == 70);
    CHECK_THAT(ended.err, Contains("could not be recorded in the journal") && Contains("journal.jsonl") &&
                              Contains("Make room on the disk"));
    CHECK_FALSE(fs::exists(desk.folder.path() / "signed"));
    CHECK(desk.person.times_asked() == 0);
}

TEST_CASE("P15: an agent that is killed leaves a journal that the next one goes on with")
{
    Desk desk;
    desk.person.will_answer({"pin 123456"});
    REQUIRE(sign_for(desk, "alice@example.org").status == 0);
    desk.kill_agent();
    std::ofstream(desk.folder.path() / journal_name(), std::ios::app) << R"({"number":2,"previ)"; // as a power cut may
    const Ended torn = desk.sceau({"journal", "verify"});
    CHECK(torn.status == 1);
    CHECK_THAT(torn.out, Contains("line 2: this entry is torn"));
    desk.start_again();
    desk.person.will_answer({"pin 123456"});
    REQUIRE(sign_for(desk, "alice@example.org").status == 0);
    const json report = json::parse(desk.sceau({"journal", "verify", "--json"}).out);
    CHECK(report["whole"] == true);
    CHECK(report["healed"] == 1);
    CHECK(report["entries"] == 3);
    CHECK_THAT(desk.sceau({"journal"}).out, Contains("18 bytes were torn"));
}
