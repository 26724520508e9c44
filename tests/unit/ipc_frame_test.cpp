#include "ipc/frame.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::ipc;
using namespace std::string_literals;

namespace {

std::vector<std::string> take_all(FrameReader& reader)
{
    std::vector<std::string> frames;
    for (auto next = reader.next(); next && *next; next = reader.next())
        frames.push_back(**next);
    return frames;
}

std::string nested(std::size_t depth)
{
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

// Returns an object of exactly this many bytes.
std::string object_of_size(std::size_t size)
{
    return R"({"a":")" + std::string(size - 8, 'x') + R"("})";
}

} // namespace

TEST_CASE("frames come out whole wherever the bytes were cut")
{
    const std::string stream = "{\"a\":1}\0{}\0{\"b\":[{}]}\0"s;
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        FrameReader reader;
        reader.feed(std::string_view(stream).substr(0, cut));
        auto frames = take_all(reader);
        reader.feed(std::string_view(stream).substr(cut));
        for (auto& frame : take_all(reader))
            frames.push_back(std::move(frame));
        CHECK(frames == std::vector<std::string>{"{\"a\":1}", "{}", "{\"b\":[{}]}"});
        CHECK_FALSE(reader.begun());
    }
}

TEST_CASE("a frame is begun from its first byte to its last")
{
    FrameReader reader;
    CHECK_FALSE(reader.begun());
    reader.feed("{}\0{"s);
    CHECK(reader.next().value() == "{}");
    CHECK(reader.begun());
    CHECK(reader.next().value() == std::nullopt);
    reader.feed("}\0"s);
    CHECK(reader.next().value() == "{}");
    CHECK_FALSE(reader.begun());
}

TEST_CASE("a frame of the greatest size is taken and one byte more is refused")
{
    FrameReader reader;
    reader.feed(object_of_size(kMaxFrameSize) + '\0');
    CHECK(reader.next().value()->size() == kMaxFrameSize);
    reader.feed(object_of_size(kMaxFrameSize + 1) + '\0');
    CHECK(reader.next().error().code == base::ErrorCode::bad_frame);
}

TEST_CASE("a frame that grows too long is refused before its end has come")
{
    FrameReader reader;
    reader.feed(std::string(kMaxFrameSize, ' '));
    CHECK(reader.next().value() == std::nullopt);
    reader.feed(" ");
    CHECK(reader.next().error().code == base::ErrorCode::bad_frame);
}

TEST_CASE("nesting is taken to its limit and refused beyond")
{
    CHECK(check_frame(nested(kMaxNesting)));
    CHECK(check_frame(nested(kMaxNesting + 1)).error().message == "nested deeper than 16");
    CHECK(check_frame(R"({"a":)" + std::string(kMaxFrameSize - 8, '[')).error().message == "nested deeper than 16");
}

TEST_CASE("a frame that is not one JSON object in UTF-8 is refused")
{
    const std::string text =
        GENERATE(""s, " "s, "{"s, "}"s, "nonsense"s, "{}{}"s, "{\"a\":1,}"s, "{\"a\":01}"s, "{'a':1}"s, "{a:1}"s, "[]"s,
                 "[{}]"s, "1"s, "null"s, "true"s, "\"text\""s, "{\"a\":1e999}"s, "{} // comment"s, "{\"a\":\"\n\"}"s,
                 "{\"a\":\"\xff\"}"s, "{\"a\":\"\xc3\"}"s, "{\"a\":\"\xed\xa0\x80\"}"s, "{\"a\":\"\xc0\x80\"}"s,
                 "{\"a\":\"\\ud800\"}"s, "{\"a\":\"\\udc00\"}"s, "{\"\xff\":1}"s);
    CHECK(check_frame(text).error().code == base::ErrorCode::bad_frame);
}

TEST_CASE("the same name twice in an object is refused and in two objects is not")
{
    CHECK(check_frame(R"({"a":1,"b":2,"a":1})").error().message == "the same name twice in an object");
    CHECK(check_frame(R"({"a":{"b":1,"\u0062":2}})").error().message == "the same name twice in an object");
    CHECK(check_frame(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})"));
}
