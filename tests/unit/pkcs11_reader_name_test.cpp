#include "agent/tokens/reader_watch.h"
#include "pkcs11/reader_name.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::pkcs11;

namespace {

const std::string kLong = "Hewlett-Packard Company HP USB Smart Card CCID Keyboard KR SmartCard Reader 00 00";
const std::string kOther = "Hewlett-Packard Company HP USB Smart Card CCID Keyboard KR SmartCard Reader 01 00";

} // namespace

TEST_CASE("a reader is known by its name whole, cut at 64 bytes, or cut by OpenSC")
{
    CHECK(is_in_reader("Virtual PCD 00 00", "Virtual PCD 00 00"));
    CHECK(is_in_reader(kLong.substr(0, 64), kLong));
    CHECK(is_in_reader(kLong.substr(0, 61) + "...", kLong));
    CHECK_FALSE(is_in_reader(kLong.substr(0, 60) + "...", kLong));
    CHECK_FALSE(is_in_reader("Virtual...", "Virtual PCD 00 00"));
    CHECK_FALSE(is_in_reader("", "Virtual PCD 00 00"));
    CHECK_FALSE(is_in_reader("", ""));
    const std::string exactly(64, 'x');
    CHECK(is_in_reader(exactly, exactly));
    CHECK_FALSE(is_in_reader(exactly.substr(0, 61) + "...", exactly)); // a name of 64 bytes is not cut
    const std::string blank_at_the_cut = std::string(63, 'x') + " 00 00";
    CHECK(is_in_reader(std::string(63, 'x'), blank_at_the_cut));
}

TEST_CASE("a reader is known by its name where the cut goes through a letter")
{
    const std::string name = std::string(60, 'x') + "é 00 00"; // é takes the bytes 61 and 62
    CHECK(is_in_reader(std::string(60, 'x') + "\uFFFD...", name));
    const std::string later = std::string(63, 'x') + "é 00 00";
    CHECK(is_in_reader(std::string(63, 'x') + "\uFFFD", later));
}

TEST_CASE("P2: all readers are meant whose names differ only after the cut")
{
    CHECK(readers_meant(kLong.substr(0, 64), {"Virtual PCD 00 00", kLong, kOther}) == std::vector{kLong, kOther});
    CHECK(readers_meant(kLong.substr(0, 61) + "...", {kOther}) == std::vector{kOther});
    const Readers both{.service = true, .readers = {{.name = kLong, .card = true}, {.name = kOther, .card = true}}};
    CHECK(agent::readers_meant(both, kLong.substr(0, 64)) == both.readers);
    const Readers one{.service = true, .readers = {{.name = "Virtual PCD 00 00"}, {.name = kOther}}};
    CHECK(agent::readers_meant(one, kLong.substr(0, 64)) == std::vector{one.readers.back()});
}
