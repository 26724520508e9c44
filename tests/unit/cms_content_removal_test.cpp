#include "mail/cms/content_removal.h"
#include "mail/cms/verification.h"
#include "tests/support/mails.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::mail::cms;
using base::Bytes;

namespace {

base::Result<Separated> separated(const Bytes& bytes)
{
    const auto source = mail::Source::of_bytes(bytes);
    REQUIRE(source);
    return remove_content(*source);
}

base::Result<Separated> separated(const std::string& hex)
{
    return separated(*base::from_hex(hex));
}

std::string content_of(const Separated& parts)
{
    REQUIRE(parts.content);
    Bytes bytes(parts.content->size());
    REQUIRE(parts.content->read_at(0, bytes));
    return std::string(base::as_text(bytes));
}

// The parts of a SignedData without signers around a content, X.690 made by hand.
const std::string kType = "06092a864886f70d010702";
const std::string kHead = "020101"
                          "3100";
const std::string kData = "06092a864886f70d010701";
const std::string kTail = "3100";
const std::string kEnd = "0000";

/// Wraps the content, which is used as given, in elements of indefinite length.
std::string around(const std::string& content)
{
    return "3080" + kType +
           "a080"
           "3080" +
           kHead + "3080" + kData + "a080" + content + kEnd + kEnd + kTail + kEnd + kEnd + kEnd;
}

} // namespace

TEST_CASE("the content of signed data comes out whole and the rest stays readable")
{
    const auto alice = test::self_signed({});
    const std::string content(200'000, 'x');
    const auto whole = test::sign(alice, content, {.opaque = true});
    const auto parts = separated(whole);
    REQUIRE(parts);
    CHECK(content_of(*parts) == content);
    CHECK(parts->signed_data.size() < 2000);
    const auto signatures = Signatures::parse(parts->signed_data);
    REQUIRE(signatures);
    CHECK(signatures->count() == 1);
    CHECK_FALSE(Signatures::parse(whole)); // with its content it cannot be judged
}

TEST_CASE("detached signed data has no content and is read the same")
{
    const auto parts = separated(test::sign(test::self_signed({}), "x"));
    REQUIRE(parts);
    CHECK_FALSE(parts->content);
    CHECK(Signatures::parse(parts->signed_data)->hashes() == std::vector{mail::cms::ContentHash::sha256});
}

TEST_CASE("a content in pieces is put together")
{
    const auto [content, text] = GENERATE(table<std::string, std::string>({
        {"0402"
         "6869",
         "hi"},
        {"0400", ""},
        {"2480"
         "040168"
         "040169"
         "0000",
         "hi"},
        {"2406"
         "040168"
         "040169",
         "hi"},
        {"2400", ""},
        {"2480"
         "2403"
         "040168"
         "2480"
         "040169"
         "0000"
         "0000",
         "hi"},
        {"048102"
         "6869",
         "hi"},
        {"04840000000268"
         "69",
         "hi"},
    }));
    CAPTURE(content);
    const auto parts = separated(around(content));
    REQUIRE(parts);
    CHECK(content_of(*parts) == text);
    CHECK(Signatures::parse(parts->signed_data));
}

TEST_CASE("bytes after signed data are reported")
{
    const auto behind = separated(around("04026869") + "00");
    REQUIRE(behind);
    CHECK(behind->bytes_behind);
    CHECK_FALSE(separated(around("04026869"))->bytes_behind);
    const auto one_end_too_many =
        separated("3080" + kType + "a0803080" + kHead + "300b" + kData + kTail + kEnd + kEnd + kEnd + kEnd);
    REQUIRE(one_end_too_many);
    CHECK(one_end_too_many->bytes_behind);
}

TEST_CASE("anything but well-formed signed data with one content is refused")
{
    const auto hex = GENERATE_COPY(std::string(), std::string("30"), std::string("3080"), std::string("04026869"),
                                   around("0402"
                                          "6869")
                                       .substr(0, 80), // truncated
                                   around("0402"
                                          "6869"
                                          "0402"
                                          "6869"), // two contents
                                   around(""),     // an empty wrapper
                                   around("0403"
                                          "6869"), // the length exceeds the data
                                   around("0480"
                                          "6869"
                                          "0000"),                   // primitive and indefinite
                                   around("0489010000000000000000"), // a length of nine bytes
                                   around("0488ffffffffffffffff"),   // a length that overflows
                                   around("0c02"
                                          "6869"), // not an octet string
                                   around("2480"
                                          "0c02"
                                          "6869"
                                          "0000"), // its pieces are not octet strings either
                                   around("1f8104"
                                          "02"
                                          "6869"), // a tag number over 30
                                   "3080"
                                   "06092a864886f70d010703"
                                   "a080" +
                                       kEnd + kEnd); // enveloped data
    CAPTURE(hex);
    CHECK(separated(hex).error().code == base::ErrorCode::bad_message);
}

TEST_CASE("elements nested without end are refused")
{
    std::string strings;
    for (int i = 0; i < 100; ++i)
        strings += "2480";
    CHECK_FALSE(separated(around(strings)));
    std::string sets;
    for (int i = 0; i < 100'000; ++i)
        sets += "3180";
    CHECK_FALSE(separated("3080" + kType +
                          "a080"
                          "3080"
                          "020101" +
                          sets));
}

TEST_CASE("more than 4 MiB that are not content are refused")
{
    Bytes padding(5U << 20U);
    std::string certificates = "a0"
                               "84"
                               "00500000";
    auto bytes = *base::from_hex("3080" + kType +
                                 "a080"
                                 "3080" +
                                 kHead + "300b" + kData + certificates);
    bytes.insert(bytes.end(), padding.begin(), padding.end());
    const auto tail = *base::from_hex(kTail + kEnd + kEnd + kEnd);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    CHECK(separated(bytes).error().code == base::ErrorCode::bad_message);
}
