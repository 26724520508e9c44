#include "base/bytes.h"
#include "base/channel.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>

#include <thread>

using namespace sceau::base;

TEST_CASE("a secret passes through the channel unchanged, even an empty one")
{
    const ChannelEnds channel = *open_channel();
    const std::string_view text = GENERATE("123456", "", "\xff\x01 any bytes");
    auto secret = Secret::create();
    for (const char character : text)
        REQUIRE(secret->append(static_cast<std::uint8_t>(character)));
    REQUIRE(send_secret(channel.ours.value(), *secret));
    const auto received = receive_secret(channel.theirs.value());
    REQUIRE(received);
    REQUIRE(*received);
    CHECK(as_text((*received)->expose()) == text);
}

TEST_CASE("a closed channel is distinguished from an empty secret, and too long a secret from one that fits")
{
    ChannelEnds channel = *open_channel();
    auto secret = Secret::create();
    secret->resize(Secret::kCapacity);
    REQUIRE(send_secret(channel.ours.value(), *secret));
    CHECK((*receive_secret(channel.theirs.value()))->size() == Secret::kCapacity);
    REQUIRE(send_packet(channel.ours.value(), std::string(Secret::kCapacity + 2, 'S'), Wait::no));
    CHECK_FALSE(receive_secret(channel.theirs.value()));
    REQUIRE(send_packet(channel.ours.value(), "123456", Wait::no));
    CHECK_FALSE(receive_secret(channel.theirs.value()));
    channel.ours.reset();
    const auto none = receive_secret(channel.theirs.value());
    REQUIRE(none);
    CHECK_FALSE(*none);
}

TEST_CASE("packets over the limit are neither sent nor received")
{
    const ChannelEnds channel = *open_channel();
    CHECK_FALSE(send_packet(channel.theirs.value(), std::string(kPacketLimit + 1, 'x'), Wait::no));
    REQUIRE(send_packet(channel.theirs.value(), std::string(kPacketLimit, 'x'), Wait::no));
    CHECK((*receive_packet(channel.ours.value(), Wait::no))->size() == kPacketLimit);
    const std::string large(kPacketLimit + 1, 'x');
    REQUIRE(::send(channel.theirs.value(), large.data(), large.size(), MSG_DONTWAIT) > 0);
    CHECK_FALSE(receive_packet(channel.ours.value(), Wait::no));
}

TEST_CASE("on a full channel one side need not wait, and the other may")
{
    const ChannelEnds channel = *open_channel();
    const auto none = receive_packet(channel.ours.value(), Wait::no);
    REQUIRE(none);
    CHECK_FALSE(*none);

    const std::string packet(kPacketLimit, 'x');
    int sent = 0;
    while (send_packet(channel.theirs.value(), packet, Wait::no))
        ++sent;
    CHECK(sent > 0);
    bool waited_and_sent = false;
    std::thread other([&] { waited_and_sent = send_packet(channel.theirs.value(), packet, Wait::yes).has_value(); });
    for (int received = 0; received <= sent; ++received)
        CHECK(receive_packet(channel.ours.value(), Wait::yes));
    other.join();
    CHECK(waited_and_sent);
}
