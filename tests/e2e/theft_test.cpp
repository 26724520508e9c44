// P7 under attack by a program of the same person that is after the PIN, with the real agent, command and programs.

#include "tests/e2e/card_desk.h"
#include "tests/e2e/thief.h"
#include "tests/faulty-module/faults.h"
#include "tests/support/typing_hook.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstring>

#ifndef SCEAU_SANITIZED // which leave processes open to inspection

using namespace sceau::test;

namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;
constexpr const char* kPin = "73519264"; // a PIN that no module contains by chance
constexpr const char* kLabel = "Direction 2026";
// The thief has to be quicker than the worker once. On a busy machine that takes many signatures.
constexpr int kMostAttempts = 1500;

class TheftDesk : public AgentDesk {
  public:
    TheftDesk()
    {
        softhsm.add_token(kLabel, kPin);
        softhsm.add_key(kLabel, {.key = "rsa2048", .name = "Alice Example", .addresses = {"alice@example.org"}});
        sceau::pkcs11::Module module = faults.module(softhsm);
        std::string variables;
        for (const auto& [name, value] : module.environment)
            variables += fmt::format("{}{} = \"{}\"", variables.empty() ? "" : ", ", name, value);
        start_agent(fmt::format("[[module]]\npath = \"{}\"\nenvironment = {{ {} }}\n[pin]\npinentry = \"{}\"\n",
                                module.path.string(), variables, PinentryScript::program().string()));
        const std::string keys = sceau({"keys", "--json"}).out;
        key_ = keys.substr(keys.find("\"id\": \"") + 7, 64);
    }
    ~TheftDesk() override { drop_agent(); }

    Ended sign() const
    {
        faults.order({});
        person.will_answer({std::string("pin ") + kPin});
        // A digest alone: with a mail the thief would meet the process that reads it first, which never has the PIN.
        return sceau({"digest", "--key", key_, "--scheme", "rsa_pkcs1_sha256", std::string(64, 'a')});
    }

    SoftHsm softhsm;
    Faults faults;

  private:
    std::string key_;
};

/// What happens to a person among whose programs is a thief. It lies in memory shared with the test.
struct Outcome {
    int signatures = 0;
    int refusals = 0;
    std::size_t logins = 0; // caused by refused requests
    bool stolen = false;
    bool signs_afterwards = false;
    std::array<char, 1024> said{}; // of the last refusal, or what failed
};

/// Joins the lines of the text, whatever the terminal's width.
std::string in_one_line(const std::string& text)
{
    std::istringstream words(text);
    std::string line;
    for (std::string word; words >> word;)
        line += (line.empty() ? "" : " ") + word;
    return line;
}

enum class Programs { of_root, of_the_person };

/// Replaces the build tree's programs, for this process and its children, by copies that belong to nobody.
void give_programs_to_nobody(const TemporaryFolder& copies)
{
    fs::permissions(copies.path(), fs::perms::all);
    bool done = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    for (const std::string folder : {"bin", "libexec"}) {
        const fs::path original = fs::path(SCEAU_BINARY_DIR) / folder;
        fs::copy(original, copies.path() / folder, fs::copy_options::recursive);
        for (const auto& program : fs::directory_iterator(copies.path() / folder))
            done = done && ::chown(program.path().c_str(), kNobody, kNobody) == 0 &&
                   ::chmod(program.path().c_str(), 0711) == 0;
        done = done && ::mount((copies.path() / folder).c_str(), original.c_str(), nullptr, MS_BIND, nullptr) == 0;
    }
    if (!done)
        throw std::runtime_error("the programs cannot be given to nobody");
}

void become_nobody()
{
    if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)
        throw std::runtime_error("cannot become nobody");
}

void sign_under_attack(Grip grip, int times, bool until_refused, Outcome& outcome)
{
    const TheftDesk desk;
    {
        const Thief thief(desk.pid(), grip, kPin);
        for (int i = 0; i < times && !(until_refused ? outcome.refusals > 0 : thief.has_stolen()); ++i) {
            const Ended ended = desk.sign();
            ++(ended.status == 0 ? outcome.signatures : outcome.refusals);
            if (ended.status == 0)
                continue;
            outcome.logins += desk.faults.calls_of("C_Login");
            std::strncpy(outcome.said.data(), ended.err.c_str(), outcome.said.size() - 1);
        }
        outcome.stolen = thief.has_stolen();
    }
    outcome.signs_afterwards = desk.sign().status == 0;
}

Outcome attack(Grip grip, Programs programs, int times, bool until_refused = false)
{
    void* shared = ::mmap(nullptr, sizeof(Outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto* outcome = new (shared) Outcome;
    const bool is_root = ::geteuid() == 0;
    const TemporaryFolder copies;
    const pid_t person = ::fork();
    if (person == 0) {
        try {
            if (is_root && programs == Programs::of_the_person)
                give_programs_to_nobody(copies);
            if (is_root)
                become_nobody();
            sign_under_attack(grip, times, until_refused, *outcome);
        } catch (const std::exception& error) {
            std::strncpy(outcome->said.data(), error.what(), outcome->said.size() - 1);
        }
        std::error_code error;
        fs::remove_all(PinentryScript::program().parent_path(), error);
        ::_exit(0);
    }
    ::waitpid(person, nullptr, 0);
    const Outcome result = *outcome;
    ::munmap(shared, sizeof(Outcome));
    return result;
}

/// Traces the agent's child of this name as soon as it exists, and lets it run on.
[[noreturn]] void trace_child_of(pid_t agent, const std::string& name, int news)
{
    for (pid_t dialog = -1;;) {
        for (const pid_t child : children_of(agent))
            if (dialog < 0 && contents(folder_of(child) / "comm") == name + "\n" &&
                ::ptrace(PTRACE_SEIZE, child, nullptr, nullptr) == 0) {
                dialog = child;
                tell(news, child);
            }
        int status = 0;
        if (dialog > 0 && ::waitpid(dialog, &status, __WALL) == dialog && WIFSTOPPED(status))
            ::ptrace(PTRACE_CONT, dialog, nullptr, status >> 16 != 0 ? 0 : WSTOPSIG(status));
        if (WIFEXITED(status) && dialog > 0)
            ::pause();
    }
}

/// Makes the person's pinentry wait until a tracer is attached.
void have_dialogs_wait_for_a_tracer()
{
    const fs::path program = PinentryScript::program();
    const fs::path then = program.parent_path() / "then";
    fs::copy_file(program, then, fs::copy_options::overwrite_existing);
    const fs::path waiting = program.parent_path() / "waiting";
    std::ofstream(waiting) << "#!/bin/sh\ntracer=0\nwhile [ $tracer = 0 ]; do\n"
                              "  while read -r name value; do [ $name != TracerPid: ] || tracer=$value; done "
                              "</proc/$$/status\n"
                              "done\nexec '"
                           << then.string() << "'\n";
    fs::permissions(waiting, fs::perms::owner_all);
    fs::rename(waiting, program);
}

void have_dialogs_begin()
{
    const fs::path program = PinentryScript::program();
    fs::rename(program.parent_path() / "then", program);
}

} // namespace

TEST_CASE("P7: no thief among the person's programs gets the PIN, and each signature is made")
{
    if (::geteuid() != 0)
        return; // the programs are the person's own
    const Grip grip = GENERATE(Grip::open_memory, Grip::stay_attached, Grip::keep_it_dumpable);
    const Outcome outcome = attack(grip, Programs::of_root, 10);
    INFO(outcome.said.data());
    CHECK(outcome.signatures == 10);
    CHECK_FALSE(outcome.stolen);
    CHECK(outcome.signs_afterwards);
}

TEST_CASE("P7: a worker of the person's own programs that is traced, or was kept from closing itself, gets no PIN")
{
    const auto [grip, sentence] = GENERATE(table<Grip, std::string>(
        {{Grip::stay_attached, "watches the process that would take it"},
         {Grip::keep_it_dumpable, "another program has opened the process that would take it"}}));
    const Outcome outcome = attack(grip, Programs::of_the_person, kMostAttempts, true);
    CHECK_THAT(in_one_line(outcome.said.data()), Catch::Contains("the PIN was not sent") && Catch::Contains(sentence));
    CHECK(outcome.refusals == 1);
    CHECK(outcome.logins == 0);
    CHECK_FALSE(outcome.stolen);
    CHECK(outcome.signs_afterwards);
}

// This checks that the thief of these tests works. It is the case that, by the threat model, P7 does not cover.
TEST_CASE("where the programs are the person's own, the PIN is read from memory that was opened in time")
{
    const Outcome outcome = attack(Grip::open_memory, Programs::of_the_person, kMostAttempts);
    INFO(outcome.said.data());
    CHECK(outcome.stolen);
    CHECK(outcome.refusals == 0);
}

TEST_CASE("P7: a dialog that another program traces does not open, which is explained and costs no try")
{
    CardDesk desk;
    have_dialogs_wait_for_a_tracer();
    const Child tracer([&](int news) { trace_child_of(desk.pid(), "pinentry", news); });
    const Ended refused = desk.sign();
    CHECK(refused.status != 0);
    CHECK_THAT(in_one_line(refused.err),
               Catch::Contains("the PIN dialog was not opened") && Catch::Contains("watches it"));
    CHECK(desk.person.times_asked() == 0);
    CHECK(desk.card.counters().verify_attempts == 0);
    have_dialogs_begin();
    desk.person.will_answer({"pin 123456"});
    CHECK(desk.sign().status == 0);
}

TEST_CASE("P7: a PIN typed while another program began to trace the dialog is not used, which is explained")
{
    CardDesk desk;
    desk.person.will_answer({"pin 123456", "pin 123456"});
    std::unique_ptr<Child> tracer;
    {
        const TypingHook hook(desk.person, [&] {
            tracer = std::make_unique<Child>([&](int news) { trace_child_of(desk.pid(), "pinentry-script", news); });
            tracer->news();
        });
        const Ended refused = desk.sign();
        CHECK(refused.status != 0);
        CHECK_THAT(in_one_line(refused.err),
                   Catch::Contains("the PIN was not used") && Catch::Contains("change the PIN"));
        CHECK(desk.card.counters().verify_attempts == 0);
    }
    tracer->end();
    for (const char* pipe : {"typed", "seen"})
        fs::remove(desk.person.folder() / pipe);
    CHECK(desk.sign().status == 0);
}

#endif
