// `sceau verify` as scripts use it, and what `sceau sign` does to a Date.

#include "tests/e2e/desk.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <tuple>

using namespace sceau::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const std::string kOldDate = "Date: Fri, 30 Oct 2020 09:00:00 +0100\r\n";

std::string contents(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::size_t count(const std::string& text, const std::string& what)
{
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++found;
    return found;
}

/// The signed part, without the line end that belongs to the delimiter.
std::string signed_part_of(const std::string& mail)
{
    const auto boundary_begin = mail.find("boundary=\"sceau-") + 10;
    const std::string delimiter =
        "\r\n--" + mail.substr(boundary_begin, mail.find('"', boundary_begin) - boundary_begin);
    const auto begin = mail.find(delimiter) + delimiter.size() + 2;
    return mail.substr(begin, mail.find(delimiter, begin) - begin);
}

json only_value(const Ended& ended)
{
    INFO(ended.out);
    CHECK(ended.out.ends_with("\n"));
    return json::parse(ended.out);
}

} // namespace

TEST_CASE("an old Date becomes the moment of the signature and that is said, and with --keep-date it stays")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456", "pin 123456"});
    const std::string draft = kOldDate + mail_from("alice@example.org");
    const Ended moved = desk.sceau({"sign"}, draft);
    INFO(moved.err);
    REQUIRE(moved.status == 0);
    CHECK(moved.out.find(kOldDate) == std::string::npos);
    CHECK_THAT(moved.err, Catch::Contains("Fri, 30 Oct 2020 09:00:00 +0100") && Catch::Contains("--keep-date"));
    const Ended kept = desk.sceau({"sign", "--keep-date"}, draft);
    REQUIRE(kept.status == 0);
    CHECK(count(kept.out, kOldDate) == 2); // in the outer header and under the signature
    CHECK(kept.err.find("--keep-date") == std::string::npos);
    const json verdict = only_value(desk.sceau({"verify", "--json", "--ca", desk.ca}, kept.out));
    CHECK(verdict.at("judgement") == "signed");
    CHECK_THAT(verdict.at("warnings").dump(), Catch::Contains("more than an hour away"));
    CHECK(only_value(desk.sceau({"verify", "--json", "--ca", desk.ca}, moved.out)).at("warnings").empty());
}

TEST_CASE("what was signed is written byte for byte if the signature fits it, and otherwise nothing is")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const std::string mail = desk.sceau({"sign"}, mail_from("alice@example.org")).out;
    const fs::path out = desk.folder.path() / "content";
    const Ended good = desk.sceau({"verify", "--ca", desk.ca, "--content", out}, mail);
    CHECK(good.status == 0);
    CHECK_THAT(good.out, Catch::StartsWith("● SIGNED"));
    CHECK(contents(out) == signed_part_of(mail));
    const Ended streamed = desk.sceau({"verify", "--ca", desk.ca, "--content", "-"}, mail);
    CHECK(streamed.out == signed_part_of(mail));
    CHECK_THAT(streamed.err, Catch::StartsWith("● SIGNED"));

    std::string changed = mail;
    changed.at(changed.find("virer 48") + 6) = '9';
    fs::remove(out);
    const Ended bad = desk.sceau({"verify", "--ca", desk.ca, "--content", out}, changed);
    CHECK(bad.status == 1);
    CHECK_FALSE(fs::exists(out));
    CHECK_THAT(bad.err, Catch::Contains("Nothing was written to"));
    CHECK(desk.sceau({"verify", "--ca", desk.ca, "--content", "/nonexistent/out"}, mail).status == 74);
}

TEST_CASE("in JSON a verification that fails is one value with the error's name and message")
{
    const Desk desk;
    const auto mail = desk.folder.write("mail", mail_from("alice@example.org"));
    const auto no_list = desk.folder.write("list", "no list");
    const std::vector<std::tuple<std::vector<std::string>, int, std::string>> failures = {
        {{"verify", "--json", desk.folder.write("empty", "")}, 65, "bad_message"},
        {{"verify", "--json", "/nonexistent"}, 74, "io"},
        {{"verify", "--json", desk.folder.path()}, 74, "io"},
        {{"verify", "--json", "--ca", "/nonexistent", mail}, 74, "io"},
        {{"verify", "--json", "--ca", no_list, mail}, 74, "io"},
        {{"verify", "--json", "--crl", no_list, mail}, 74, "io"},
        {{"verify", "--json", "--certificates", no_list, mail}, 74, "io"},
        {{"verify", "--json", "--content", "/nonexistent/out", mail}, 74, "io"},
        {{"verify", "--json", "--at", "yesterday", mail}, 64, "usage"},
        {{"verify", "--json", mail, mail}, 64, "usage"},
    };
    for (const auto& [arguments, status, name] : failures) {
        const Ended ended = desk.sceau(arguments);
        INFO(ended.err);
        CHECK(ended.status == status);
        const json error = only_value(ended);
        CHECK(error.at("error") == name);
        CHECK_FALSE(error.at("message").get<std::string>().empty());
        CHECK_FALSE(ended.err.empty());
    }
}

TEST_CASE("a mail over a limit is neither good nor bad by its status, and JSON names the limit")
{
    const Desk desk;
    std::string mail = "From: alice@example.org\nContent-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 10'001; ++i)
        mail += "--b\n\n\n";
    const Ended ended = desk.sceau({"verify", "--json"}, mail + "--b--\n");
    CHECK(ended.status == 2);
    const json verdict = only_value(ended);
    CHECK(verdict.at("judgement") == "cannot_be_checked");
    CHECK(verdict.at("limit") == "parts");
    CHECK_THAT(verdict.at("reasons").dump(), Catch::Contains("10,000 parts"));
}
