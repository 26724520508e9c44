// `sceau sign` and `sceau verify` with the real agent, worker and module.

#include "tests/e2e/desk.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <csignal>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

// Throws std::runtime_error with OpenSSL's message unless it accepts the mail.
void verify_with_openssl(const fs::path& mail, const fs::path& ca)
{
    run({"openssl", "cms", "-verify", "-in", mail, "-CAfile", ca, "-purpose", "smimesign", "-out", "/dev/null"});
}

std::ptrdiff_t files_in(const fs::path& folder)
{
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

} // namespace

TEST_CASE("a mail in a file is signed to standard output, after one PIN")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const Ended signed_mail = desk.sceau({"sign", desk.folder.write("mail", mail_from("alice@example.org"))});
    INFO(signed_mail.err);
    REQUIRE(signed_mail.status == 0);
    CHECK(desk.person.times_asked() == 1);
    const fs::path mail = desk.folder.write("signed", signed_mail.out);
    CHECK_NOTHROW(verify_with_openssl(mail, desk.ca));
    const Ended verdict = desk.sceau({"verify", "--ca", desk.ca, mail});
    CHECK(verdict.status == 0);
    CHECK_THAT(verdict.out, Catch::StartsWith("● SIGNED   by alice@example.org, \"Alice Example\"\n"));
}

TEST_CASE("a mail from standard input is signed into a file, by a key that needs its PIN again for each signature")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const fs::path out = desk.folder.path() / "signed";
    const Ended ended = desk.sceau({"sign", "-o", out}, mail_from("bob@example.org"));
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    CHECK(ended.out.empty());
    CHECK(desk.person.times_asked() == 1);
    CHECK_NOTHROW(verify_with_openssl(out, desk.ca));
    CHECK(desk.sceau({"verify", "--ca", desk.ca, out}).status == 0);
}

TEST_CASE("a mail can be signed in place")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    REQUIRE(desk.sceau({"sign", "-o", mail, mail}).status == 0);
    CHECK(desk.sceau({"verify", "--ca", desk.ca, mail}).status == 0);
}

TEST_CASE("one byte changed after signing is found")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    std::string mail = desk.sceau({"sign"}, mail_from("alice@example.org")).out;
    const std::size_t amount = mail.find("virer 48");
    REQUIRE(amount != std::string::npos);
    mail.at(amount + 6) = '9';
    const Ended verdict = desk.sceau({"verify", "--ca", desk.ca}, mail);
    CHECK(verdict.status == 1);
    CHECK_THAT(verdict.out, Catch::StartsWith("✖ CHANGED AFTER SIGNING. Do not act on this mail.\n"));
}

TEST_CASE("a signature is judged by whom the reader trusts")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const std::string mail = desk.sceau({"sign"}, mail_from("alice@example.org")).out;
    const Ended unknown = desk.sceau({"verify"}, mail);
    CHECK(unknown.status == 1);
    CHECK_THAT(unknown.out, Catch::StartsWith("✖ UNKNOWN ISSUER."));
    const Ended later = desk.sceau({"verify", "--ca", desk.ca, "--at", "2100-01-01"}, mail);
    CHECK(later.status == 1);
    CHECK_THAT(later.out, Catch::StartsWith("✖ CERTIFICATE EXPIRED."));
    CHECK(desk.sceau({"verify", "--ca", "/nonexistent"}, mail).status == 74);
}

TEST_CASE("a wrong PIN is asked for again, and the right one then signs")
{
    const Desk desk;
    desk.person.will_answer({"pin 999999", "pin 123456"});
    const Ended ended = desk.sceau({"sign"}, mail_from("alice@example.org"));
    CHECK(ended.status == 0);
    CHECK(desk.person.times_asked() == 2);
}

TEST_CASE("a wrong PIN that the person gives up on is refused as such")
{
    const Desk desk;
    desk.person.will_answer({"pin 999999", "cancel"});
    const Ended ended = desk.sceau({"sign"}, mail_from("alice@example.org"));
    CHECK(ended.status == 77);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Catch::Contains("sceau: The PIN was wrong: nothing was signed."));
}

TEST_CASE("a cancelled PIN leaves no output, and what was there untouched")
{
    const Desk desk;
    desk.person.will_answer({"cancel", "cancel"});
    const fs::path out = desk.folder.path() / "signed";
    const auto files = files_in(desk.folder.path());
    CHECK(desk.sceau({"sign", "-o", out}, mail_from("alice@example.org")).status == 77);
    CHECK(files_in(desk.folder.path()) == files);
    desk.folder.write("signed", "before");
    const Ended ended = desk.sceau({"sign", "-o", out}, mail_from("alice@example.org"));
    CHECK(ended.status == 77);
    CHECK_THAT(ended.err, Catch::Contains("sceau: Cancelled: nothing was signed.\n"));
    CHECK(desk.folder.read("signed") == "before");
    CHECK(files_in(desk.folder.path()) == files + 1);
}

TEST_CASE("a mail from somebody without a key is refused before any PIN, with why each key does not fit")
{
    const Desk desk;
    const Ended ended = desk.sceau({"sign"}, mail_from("carol@example.org"));
    CHECK(ended.status == 77);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Catch::Contains("sceau: No key can sign for carol@example.org:\n"));
    CHECK_THAT(ended.err, Catch::Contains("alice@example.org: its certificate is for another address\n"));
    CHECK_THAT(ended.err, Catch::Contains("bob@example.org: its certificate is for another address\n"));
    CHECK(desk.person.times_asked() == 0);
}

TEST_CASE("the sender that the command line names must be one of the mail's")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456", "pin 123456"});
    const std::string on_behalf = "Sender: bob@example.org\r\n" + mail_from("alice@example.org");
    const Ended refused = desk.sceau({"sign", "--from", "carol@example.org"}, on_behalf);
    CHECK(refused.status == 77);
    CHECK_THAT(refused.err, Catch::Contains("Its sender is alice@example.org and bob@example.org."));
    const std::string by_sender = desk.sceau({"sign", "--from", "Bob@Example.org"}, on_behalf).out;
    CHECK_THAT(desk.sceau({"verify", "--ca", desk.ca}, by_sender).out,
               Catch::StartsWith("● SIGNED   by bob@example.org, \"Bob Example\", on behalf of alice@example.org\n"));
    const std::string by_author = desk.sceau({"sign"}, on_behalf).out;
    CHECK_THAT(desk.sceau({"verify", "--ca", desk.ca}, by_author).out,
               Catch::StartsWith("● SIGNED   by alice@example.org, \"Alice Example\"\n"));
}

TEST_CASE("a mail that is damaged is refused before any PIN and before the agent is asked")
{
    Desk desk;
    CHECK(desk.stop_agent() == 0);
    const std::string damaged =
        GENERATE(std::string(), std::string("no header at all"), std::string("To: x@example.org\r\n\r\nno From\r\n"),
                 std::string("From: alice@example.org\r\n\r\na NUL \0 byte\r\n", 42));
    const Ended ended = desk.sceau({"sign"}, damaged);
    CHECK(ended.status == 65);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Catch::StartsWith("sceau: The mail cannot be used as it is: "));
}

TEST_CASE("without an agent the command says how to start one")
{
    Desk desk;
    CHECK(desk.stop_agent() == 0);
    const auto* const command = GENERATE("keys", "tokens", "watch", "sign");
    const Ended ended = desk.sceau({command}, mail_from("alice@example.org"));
    CHECK(ended.status == 69);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Catch::Contains("systemctl --user start sceau-agent\n"));
}

TEST_CASE(
    "the agent ends cleanly by any signal that ends programs, its terminal's end among them, and leaves no socket")
{
    Desk desk;
    CHECK(desk.stop_agent(GENERATE(SIGHUP, SIGINT, SIGQUIT, SIGTERM)) == 0);
    CHECK_FALSE(fs::exists(desk.environment.at("SCEAU_SOCKET")));
}

TEST_CASE("an output that cannot be written is reported before any PIN")
{
    const Desk desk;
    const Ended ended = desk.sceau({"sign", "-o", "/nonexistent/out"}, mail_from("alice@example.org"));
    CHECK(ended.status == 74);
    CHECK(desk.person.times_asked() == 0);
    CHECK(desk.sceau({"sign", "/nonexistent/mail"}).status == 74);
}

TEST_CASE("two mails at once are signed one after the other")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456", "pin 123456"});
    const auto one = desk.start_sceau({"sign"}, mail_from("alice@example.org"));
    const auto other = desk.start_sceau({"sign"}, mail_from("bob@example.org"));
    const Ended first = one->wait();
    const Ended second = other->wait();
    CHECK(first.status == 0);
    CHECK(second.status == 0);
    CHECK(desk.person.times_asked() == 2);
    CHECK(desk.sceau({"verify", "--ca", desk.ca}, first.out).status == 0);
    CHECK(desk.sceau({"verify", "--ca", desk.ca}, second.out).status == 0);
}

TEST_CASE("an interrupted signature closes the dialog, leaves no output, and the agent goes on")
{
    const Desk desk;
    desk.person.will_answer({"hang", "pin 123456"});
    const fs::path asked = desk.person.folder() / "count"; // a pipe that shows when the dialog has opened
    REQUIRE(::mkfifo(asked.c_str(), 0600) == 0);
    const fs::path out = desk.folder.path() / "signed";
    const auto files = files_in(desk.folder.path());
    const auto interrupted = desk.start_sceau({"sign", "-o", out}, mail_from("alice@example.org"));
    std::string line;
    std::getline(std::ifstream(asked) >> std::ws, line);
    CHECK(line == "asked");
    interrupted->signal(GENERATE(SIGINT, SIGTERM));
    CHECK(interrupted->wait().status == 130);
    CHECK(files_in(desk.folder.path()) == files);
    fs::remove(asked);
    CHECK(desk.sceau({"sign"}, mail_from("alice@example.org")).status == 0);
}

TEST_CASE("the command speaks French to a French person")
{
    Desk desk;
    desk.environment["LC_ALL"] = "fr_FR.UTF-8";
    desk.person.will_answer({"cancel"});
    CHECK_THAT(desk.sceau({"sign"}, mail_from("alice@example.org")).err,
               Catch::Contains("sceau: Annulé : rien n'a été signé.\n"));
    CHECK_THAT(desk.sceau({"verify"}, mail_from("alice@example.org")).out, Catch::StartsWith("○ NON SIGNÉ."));
    desk.environment["LC_ALL"] = "fr_FR.ISO-8859-1";
    CHECK_THAT(desk.sceau({"verify"}, mail_from("alice@example.org")).out, Catch::StartsWith("o NON SIGNE."));
}
