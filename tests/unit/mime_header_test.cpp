// Header fields that must be written anew: nothing in them may be lost, and nothing guessed.
#include "mail/mime/parse/values.h"
#include "mail/mime/sign/signing.h"
#include "tests/support/mime_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::mail::mime;
using namespace sceau::tests;

namespace {

const std::string kLetter = "\xC3\xA9"; // é

/// Returns the whole signed mail, except for its signature.
base::Result<Message> signed_message(const std::string& mail)
{
    const Source source = source_of(mail);
    TRY_ASSIGN(const Prepared prepared, prepare(source));
    TRY_ASSIGN(base::UniqueFd file, temporary_file());
    TRY(write_signed(prepared, base::Hash::sha256, {}, file.value()));
    TRY_ASSIGN(const Source written, Source::open(std::move(file)));
    return parse(written);
}

std::string value_in(const Entity& entity, const std::string& name)
{
    const HeaderField* field = entity.field(name);
    REQUIRE(field != nullptr);
    return field->value;
}

/// Returns a field's value as it is signed. It is empty if the mail is refused, and the refusal must name the field.
std::string signed_value(const std::string& name, const std::string& value, const std::string& charset = "utf-8")
{
    const bool is_from = name == "From";
    const auto message = signed_message((is_from ? "" : "From: alice@example.org\n") + name + ": " + value +
                                        "\nMIME-Version: 1.0\nContent-Type: text/plain" +
                                        (charset.empty() ? "" : "; charset=" + charset) + "\nX-Last: kept\n\nhello\n");
    if (!message) {
        CHECK_THAT(message.error().message, Catch::Contains(name));
        return {};
    }
    const Entity& payload = message->root.children.front();
    CHECK(value_in(message->root, "X-Last") == " kept");
    CHECK(value_in(payload, "X-Last") == " kept");
    CHECK(value_in(message->root, name) == value_in(payload, name));
    return value_in(payload, name);
}

} // namespace

TEST_CASE("a field without an address swallows no other field, whatever letters it contains")
{
    for (const std::string name : {"To", "Cc", "Reply-To", "Bcc", "Resent-To", "Disposition-Notification-To"}) {
        for (const std::string& value :
             {"\"" + kLetter + "\" <>", "(" + kLetter + ")", kLetter, "<>, (" + kLetter + ") <>",
              "(" + kLetter + "(b))", kLetter + " " + kLetter + ":;", "\"" + kLetter + "\"", kLetter + ",",
              "<" + kLetter + ">", "," + kLetter, "@" + kLetter, kLetter + ": (" + kLetter + ");", "\"" + kLetter,
              "(" + kLetter}) {
            INFO(name << ": " << value);
            const auto message = signed_message("From: alice@example.org\n" + name + ": " + value +
                                                "\nSubject: hi\nDate: Tue, 24 Nov 2026 09:30:00 +0100\n\nhello\n");
            if (!message)
                continue; // refused, so nothing is lost
            const Entity& payload = message->root.children.front();
            for (const Entity* entity : {static_cast<const Entity*>(&message->root), &payload}) {
                CHECK(value_in(*entity, "Subject") == " hi");
                CHECK(value_in(*entity, "Date") == " Tue, 24 Nov 2026 09:30:00 +0100");
            }
            CHECK(message->root.field(name) != nullptr);
        }
    }
}

TEST_CASE("names and comments without an address keep their meaning when signed")
{
    CHECK(signed_value("Reply-To", "\"" + kLetter + "\" <>") == "\r\n  =?UTF-8?Q?=C3=A9?= <>");
    CHECK(signed_value("To", "(" + kLetter + ")") == " (\r\n =?UTF-8?Q?=C3=A9?= )");
    CHECK_THAT(signed_value("To", "undisclosed-" + kLetter + ":;"), Catch::Contains("=?"));
}

TEST_CASE("raw bytes in a header are read in the charset that the body declares")
{
    CHECK(read_unstructured(signed_value("Subject", "\xC4\xE3\xBA\xC3", "gb2312")) == "\u4F60\u597D");
    CHECK(read_unstructured(signed_value("Subject", "\xF0\xD2\xC9\xD7\xC5\xD4", "koi8-r")) ==
          "\u041F\u0440\u0438\u0432\u0435\u0442");
    CHECK(read_unstructured(signed_value("Subject", "\xC3\xA7", "iso-8859-1")) == "\u00E7");
    CHECK(read_unstructured(signed_value("Subject", "10 \x80", "windows-1252")) == "10 \u20AC");
    CHECK(read_unstructured(signed_value("Subject", "d\xE9j\xE0 vu", "")) == "d\u00E9j\u00E0 vu");
    const auto mailboxes = read_mailboxes(signed_value("From", "\xC4\xE3\xBA\xC3 <a@example.org>", "gb2312"));
    REQUIRE(mailboxes.size() == 1);
    CHECK(mailboxes[0].name == "\u4F60\u597D");
    CHECK(prepare(source_of("From: a@example.org\nSubject: \xC4\xE3\nContent-Type: text/plain; charset=gb2312\n\nx\n"))
              ->subject == "\u4F60");
}

TEST_CASE("raw bytes whose charset would be a guess are refused")
{
    CHECK(signed_value("Subject", "\xC4\xE3\xBA\xC3", "").empty());
    CHECK(signed_value("Subject", "\xC4\xE3\xBA\xC3", "us-ascii").empty());
    CHECK(signed_value("Subject", "\xC4\xE3\xBA\xC3", "utf-8").empty());
    CHECK(signed_value("Subject", "\xC4\xE3\xBA\xC3", "x-nobody-knows").empty());
    CHECK(signed_value("Subject", "\xC4\xE3\xBA\xC3", "utf-16").empty());
    CHECK(signed_value("Subject", "\xFF", "gb2312").empty());
    for (const std::string name : {"Subject", "From", "To"}) {
        const std::string address = name == "Subject" ? "" : " <a@example.org>";
        CHECK(signed_value(name, "=?iso-8859-1?Q?\xE9t\xE9?=" + address, "iso-8859-1").empty());
        CHECK(signed_value(name, "=?iso-8859-1?Q?" + kLetter + "?=" + address).empty());
        CHECK(signed_value(name, "=?utf-8?Q?\xE9?=" + address, "").empty());
        CHECK(signed_value(name, "=?gb2312?B?\xC4\xE3?=" + address, "gb2312").empty());
    }
}

TEST_CASE("a file name that was cut inside a letter is refused, and one in the body's charset is kept")
{
    for (const std::string name : {"Content-Disposition", "Content-Type"}) {
        for (const std::string charset : {"", "; charset=utf-8", "; charset=iso-8859-1"}) {
            const auto message = signed_message(
                "From: alice@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain" +
                charset + "\n\nhello\n--b\n" + name + ": " +
                (name == "Content-Type" ? "image/png; " : "attachment; file") + "name=\"" + kLetter +
                "t\xC3\"\n\nx\n--b--\n");
            CHECK_FALSE(message);
        }
    }
    const auto message = signed_message("From: alice@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                                        "Content-Type: text/plain; charset=gb2312\n\nhello\n--b\n"
                                        "Content-Disposition: attachment; filename=\"\xC4\xE3.txt\"\n\nx\n--b--\n");
    REQUIRE(message);
    CHECK(message->root.children.front().children[1].filename == "\u4F60.txt");
}
