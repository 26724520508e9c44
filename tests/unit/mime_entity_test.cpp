#include "mail/limit.h"
#include "mail/mime/parse/decoding.h"
#include "mail/mime/parse/entity.h"
#include "mail/mime/parse/lines.h"
#include "mail/mime/parse/values.h"
#include "tests/support/mime_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::mail::mime;
using namespace sceau::tests;

namespace {

Message parsed(const Source& source)
{
    auto message = parse(source);
    INFO((message ? "" : message.error().message));
    REQUIRE(message);
    return std::move(*message);
}

/// Returns whether parsing reports a defect with these words.
bool tells(std::string_view text, std::string_view words)
{
    const Message message = parsed(source_of(text));
    return std::ranges::any_of(message.defects,
                               [&](const Defect& defect) { return defect.what.find(words) != std::string::npos; });
}

base::Error refusal(std::string_view text)
{
    const auto message = parse(source_of(text));
    REQUIRE_FALSE(message);
    return message.error();
}

const std::string kMultipart = "Content-Type: multipart/mixed; boundary=b\n\n";

} // namespace

TEST_CASE("a line knows its range, its line end and its beginning, however long it is")
{
    const std::string text = "one\r\n" + std::string(100'000, 'x') + "\n\r\nlast\r";
    const Source source = source_of(text);
    LineReader lines(source, {.begin = 0, .end = source.size()});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found; // the size of the text and of the line
    for (auto line = lines.next(); line && *line; line = lines.next()) {
        found.emplace_back((*line)->text_end - (*line)->range.begin, (*line)->range.size());
        CHECK((*line)->head == text.substr((*line)->range.begin, std::min<std::size_t>(found.back().first, 2048)));
    }
    CHECK(found == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{3, 5}, {100'000, 100'001}, {0, 2}, {5, 5}});
}

TEST_CASE("a simple message has its header without the empty line and its body to the end")
{
    const Source source = source_of("From: a@example.org\r\nSubject: one\r\n two\r\n\r\nHello\r\n");
    const Message message = parsed(source);
    CHECK(message.defects.empty());
    CHECK(text_of(source, message.root.header) == "From: a@example.org\r\nSubject: one\r\n two\r\n");
    CHECK(text_of(source, message.root.body) == "Hello\r\n");
    REQUIRE(message.root.fields.size() == 2);
    CHECK(message.root.fields[1].value == " one\r\n two");
    CHECK(text_of(source, message.root.fields[1].range) == "Subject: one\r\n two\r\n");
    CHECK(message.root.content_type.is("text", "plain"));
}

TEST_CASE("repeated fields are kept in their order and found without case")
{
    const Message message = parsed(source_of("X-Tag: a\nreceived: x\nx-tag: b\n\n"));
    REQUIRE(message.root.fields.size() == 3);
    CHECK(message.root.count("X-TAG") == 2);
    REQUIRE(message.root.field("X-Tag"));
    CHECK(message.root.field("X-Tag")->value == " a");
    CHECK(message.root.field("Received")->name == "received");
    CHECK(message.root.field("Absent") == nullptr);
}

TEST_CASE("the line end before a delimiter belongs to the delimiter, whatever line ends are mixed")
{
    const Source source = source_of("Content-Type: multipart/mixed; boundary=b\n\npreamble\r\n--b\r\n\r\none\n--b\n"
                                    "Content-Type: text/html\n\ntwo\r\n\r\n--b--\r\nepilogue\n");
    const Message message = parsed(source);
    CHECK(message.defects.empty());
    const Entity& root = message.root;
    CHECK(text_of(source, root.preamble) == "preamble");
    REQUIRE(root.children.size() == 2);
    CHECK(text_of(source, root.children[0].range) == "\r\none");
    CHECK(text_of(source, root.children[0].body) == "one");
    CHECK(text_of(source, root.children[1].range) == "Content-Type: text/html\n\ntwo\r\n");
    CHECK(text_of(source, root.epilogue) == "epilogue\n");
    CHECK(root.body.end == source.size());
}

TEST_CASE("nested multiparts end with their close delimiter, though one boundary begins with the other")
{
    const Source source = source_of(kMultipart + "--b\nContent-Type: multipart/mixed; boundary=b-1\n\n--b-1\n\ndeep\n"
                                                 "--b-1--\n\n--b\n\nflat\n--b--\n");
    const Message message = parsed(source);
    CHECK(message.defects.empty());
    REQUIRE(message.root.children.size() == 2);
    const Entity& inner = message.root.children[0];
    REQUIRE(inner.children.size() == 1);
    CHECK(text_of(source, inner.body) == "--b-1\n\ndeep\n--b-1--\n");
    CHECK(text_of(source, inner.children[0].body) == "deep");
    CHECK(text_of(source, message.root.children[1].body) == "flat");
}

TEST_CASE("a part may be empty, with a header and without")
{
    const Source source = source_of(kMultipart + "--b\n\n--b\nContent-Type: text/html\n\n--b\n\n\n--b--\n");
    const Message message = parsed(source);
    CHECK(message.defects.empty());
    REQUIRE(message.root.children.size() == 3);
    CHECK(text_of(source, message.root.children[0].range).empty());
    CHECK(text_of(source, message.root.children[1].range) == "Content-Type: text/html\n");
    CHECK(text_of(source, message.root.children[1].body).empty());
    CHECK(text_of(source, message.root.children[2].range) == "\n");
}

TEST_CASE("a message in a message has its own header, and the default of a digest is one")
{
    const Source source = source_of("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nfirst\n"
                                    "--b\nContent-Type: message/rfc822\n\n\n--b--\n");
    const Message message = parsed(source);
    REQUIRE(message.root.children.size() == 2);
    const Entity& first = message.root.children[0];
    CHECK(first.is_message());
    REQUIRE(first.children.size() == 1);
    CHECK(first.children[0].range == first.body);
    CHECK(first.children[0].fields[0].value == " one");
    CHECK(text_of(source, first.children[0].body) == "first");
}

TEST_CASE("an encoded message in a message is a leaf")
{
    const Message message =
        parsed(source_of("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\naGk=\n"));
    CHECK(message.root.is_leaf());
    CHECK(message.root.children.empty());
}

TEST_CASE("a mail store's line above the header is kept apart from it")
{
    const Source source = source_of("From alice@example.org Tue Nov 24 09:30:00 2026\nSubject: x\n\nhello\n");
    const Message message = parsed(source);
    CHECK(message.defects.empty());
    CHECK(text_of(source, message.root.mbox_line) == "From alice@example.org Tue Nov 24 09:30:00 2026\n");
    CHECK(text_of(source, message.root.header) == "Subject: x\n");
}

TEST_CASE("the description of a part is decoded")
{
    const Message message =
        parsed(source_of("Content-Type: Application/PDF; name*0*=utf-8''%C3%A9t; name*1*=%C3%A9.pdf; X=\"a;b\"\n"
                         "Content-Transfer-Encoding: BASE64 \n"
                         "Content-Disposition: Attachment; filename=\"=?utf-8?Q?=C3=A9t=C3=A9?=\"\n\n"));
    CHECK(message.root.content_type.is("application", "pdf"));
    CHECK(message.root.content_type.parameter("name") == "\xC3\xA9t\xC3\xA9.pdf");
    CHECK(message.root.content_type.parameter("x") == "a;b");
    CHECK(message.root.encoding == Encoding::base64);
    CHECK(message.root.disposition == "attachment");
    CHECK(message.root.filename == "\xC3\xA9t\xC3\xA9");
}

TEST_CASE("addresses and text are read, encoded or raw")
{
    const auto mailboxes =
        read_mailboxes(" \"Doe, J\" <j@example.org>, team: =?utf-8?Q?Zo=C3=AB?= <z@example.net>, b@example.net;");
    REQUIRE(mailboxes.size() == 3);
    CHECK(mailboxes[0].name == "Doe, J");
    CHECK(mailboxes[1].name == "Zo\xC3\xAB");
    CHECK(mailboxes[2].address == "b@example.net");
    CHECK(read_unstructured(" =?utf-8?Q?d=C3=A9j=C3=A0?=\r\n =?utf-8?Q?_vu?=") == "d\xC3\xA9j\xC3\xA0 vu");
    CHECK(read_unstructured(" \xC3\xA9t\xC3\xA9") == "\xC3\xA9t\xC3\xA9");
    CHECK(read_unstructured(" \xE9t\xE9") == "\xC3\xA9t\xC3\xA9"); // not UTF-8, so ISO-8859-1
}

TEST_CASE("a body is decoded from base64 and quoted-printable, whatever its line ends")
{
    const Source source = source_of(kMultipart + "--b\nContent-Transfer-Encoding: base64\n\naGVsbG\n8h\n"
                                                 "--b\nContent-Transfer-Encoding: quoted-printable\n\nso=\nft =C3=A9\n"
                                                 "--b--\n");
    const Message message = parsed(source);
    REQUIRE(message.root.children.size() == 2);
    const auto one = decoded_body(source, message.root.children[0]);
    REQUIRE(one);
    CHECK(text_of(*one) == "hello!");
    const auto two = decoded_body(source, message.root.children[1]);
    REQUIRE(two);
    CHECK(text_of(*two) == "soft \xC3\xA9");
}

TEST_CASE("anything that two programs may read differently is reported")
{
    CHECK(tells("no field\n\nhello\n", "no header field"));
    CHECK(tells("Subject: x\nno field\n\nhello\n", "no header field"));
    CHECK(tells("Subject : x\n\nhello\n", "no header field"));
    CHECK(tells("Subject: x\ry\n\n", "CR that is no line end"));
    CHECK(tells(std::string_view("Subject: x\0y\n\n", 14), "NUL"));
    CHECK(tells("Content-Type: text/plain\nContent-type: text/html\n\n", "several fields Content-Type"));
    CHECK(tells("Content-Type: multipart/mixed\n\n--b\n\n--b--\n", "no boundary"));
    CHECK(tells(kMultipart + "hello\n", "no close delimiter"));
    CHECK(tells(kMultipart + "--b--\n", "no parts"));
    CHECK(tells(kMultipart + "--b\nX: y\n--b--\n", "runs into the delimiter"));
    CHECK(tells(kMultipart + "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--b--\n", "no close"));
}

TEST_CASE("a message that GMime takes apart differently is refused")
{
    // GMime sees a delimiter in a line that ends in 3,000 blanks, but the scanner does not.
    const base::Error error = refusal(kMultipart + "--b\n\none\n--b" + std::string(3000, ' ') + "\n\ntwo\n--b--\n");
    CHECK(error.code == base::ErrorCode::bad_message);
    CHECK(error.message == "the message's structure can be read in more than one way");
}

TEST_CASE("a message that is empty or goes over a limit is refused")
{
    CHECK(refusal("").message == "the message is empty");
    CHECK(refusal("X: " + std::string(5 << 20, 'x') + "\n\n").message == "the message's headers are larger than 4 MiB");
    CHECK(refusal(kMultipart + std::string(2 << 20, 'x') + "\n--b\n\n\n--b--\n").message ==
          "text beside the parts of a multipart is larger than 1 MiB");
    std::string deep;
    for (int i = 0; i < 101; ++i)
        deep += "Content-Type: message/rfc822\n\n";
    CHECK(refusal(deep).message == "the message's parts are nested more than 100 deep");
    std::string wide = kMultipart;
    for (int i = 0; i < 10'001; ++i)
        wide += "--b\n\n\n";
    CHECK(refusal(wide + "--b--\n").message == "the message has more than 10,000 parts");
}

TEST_CASE("a field that would make a parser recurse or hoard is refused before anything parses it")
{
    const auto repeated = [](std::string_view text, std::size_t count) {
        std::string result;
        for (std::size_t i = 0; i < count; ++i)
            result += text;
        return result;
    };
    for (const std::string name :
         {"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "resent-to", "Disposition-Notification-To"}) {
        for (const std::string& value : {repeated("a:", 42'000), repeated("a:", 21) + ";",
                                         repeated("a: ", 30'000) + "\xC3\xA9", repeated("a:\";\"", 6'000),
                                         repeated("(", 3) + repeated("a:\n ", 42'000), "\"" + repeated("a:", 42'000)}) {
            const base::Error error = refusal("X: y\n" + name + ": " + value + "\n\nhello\n");
            CHECK(limit_of(error) == Limit::groups);
        }
    }
    const auto limit = [](const std::string& message) { return limit_of(refusal(message)); };
    CHECK(limit(kMultipart + "--b\nContent-Type: message/rfc822\n\nTo: " + repeated("a:", 42'000) + "\n\n--b--\n") ==
          Limit::groups);
    CHECK(limit("To: \\\"" + repeated("a:", 42'000) + "\n\n") == Limit::groups);
    // The limit applies to one field alone and to several together, also in other parts.
    CHECK(limit("To: " + repeated("a@b,", 60'000) + "\n\n") == Limit::addresses);
    CHECK(limit("To: " + repeated("a@b ", 60'000) + "\n\n") == Limit::addresses);
    CHECK(limit(repeated("Resent-To: " + repeated("a@b,", 10'000) + "\n", 6) + "\n") == Limit::addresses);
    CHECK(limit(kMultipart +
                repeated("--b\nContent-Type: message/rfc822\n\nTo: " + repeated("g:;,", 600) + "\n\n\n", 9) +
                "--b--\n") == Limit::groups);
    CHECK(limit(repeated("To: " + repeated("\"a\" ", 200'000) + "\n", 3) + "\n") == Limit::address_list);
    CHECK(limit("Subject: " + repeated("a\n ", 700'000) + "\n\n") == Limit::subject);
    CHECK(limit("Content-Type: text/plain" + repeated(";a=b", 20'000) + "\n\n") == Limit::content_field);
    CHECK(limit(kMultipart + repeated("--b\nContent-Type: text/plain" + repeated(";a=b", 10'000) + "\n\n\n", 6) +
                "--b--\n") == Limit::parameters);
    CHECK(refusal(repeated("a:\n", 60'000) + "\n").message == "the message has more than 50,000 header fields");

    // Real lists of addresses are accepted: many groups side by side, one inside another, colons in names and in text.
    const std::string kind = repeated("team: a@example.org, \"b: c\" <b@example.org>;, ", 1'000) + "x: y: z@b;;";
    CHECK(parse(source_of("To: " + kind + "\nSubject: " + repeated("a:", 42'000) + "\n\nhello\n")));
}
