#include "mail/mime/decoding.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::mail::mime;

namespace {

Source source_of(std::string_view text)
{
    auto source = Source::of_bytes(base::as_bytes(text));
    REQUIRE(source);
    return std::move(*source);
}

Message parsed(const Source& source)
{
    auto message = parse(source);
    INFO((message ? "" : message.error().message));
    REQUIRE(message);
    return std::move(*message);
}

std::string text_of(const Source& source, Range range)
{
    auto text = read_text(source, range);
    REQUIRE(text);
    return *text;
}

} // namespace

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
}

TEST_CASE("a body is decoded from base64 and quoted-printable, whatever its line ends")
{
    const Source source = source_of("Content-Type: multipart/mixed; boundary=b\n\n"
                                    "--b\nContent-Transfer-Encoding: base64\n\naGVsbG\n8h\n"
                                    "--b\nContent-Transfer-Encoding: quoted-printable\n\nso=\nft =C3=A9\n--b--\n");
    const Message message = parsed(source);
    REQUIRE(message.root.children.size() == 2);
    const auto one = decoded_body(source, message.root.children[0]);
    REQUIRE(one);
    CHECK(text_of(*one, {.begin = 0, .end = one->size()}) == "hello!");
    const auto two = decoded_body(source, message.root.children[1]);
    REQUIRE(two);
    CHECK(text_of(*two, {.begin = 0, .end = two->size()}) == "soft \xC3\xA9");
}
