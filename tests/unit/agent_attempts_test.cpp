#include "agent/tokens/attempts.h"

#include <catch2/catch.hpp>

using namespace sceau::agent;
using namespace std::chrono_literals;

TEST_CASE("a module that failed is left alone for longer each time, in proportion to what its failure cost")
{
    Clock::time_point now;
    Attempts attempts;
    CHECK(attempts.is_due(now));
    Clock::duration before{};
    for (int i = 0; i < 3; ++i) {
        attempts.begin(now);
        CHECK(attempts.is_running());
        CHECK(attempts.ended_so_far() == static_cast<unsigned>(i));
        now += 5s;
        attempts.fail(now);
        CHECK_FALSE(attempts.is_running());
        CHECK_FALSE(attempts.is_due(now + before));
        before = 5s * (2 << i);
        CHECK(attempts.is_due(now + before));
    }
    CHECK(attempts.has_failed());
    attempts.begin(now);
    attempts.succeed();
    CHECK_FALSE(attempts.has_failed());
    CHECK(attempts.is_due(now));
    CHECK(attempts.begun_so_far() == 4);
    CHECK(attempts.ended_so_far() == 4);
}

TEST_CASE(
    "a module that hangs for long is asked again after five minutes at the latest, one that fails at once at once")
{
    Clock::time_point now;
    Attempts attempts;
    for (int i = 0; i < 20; ++i) {
        attempts.begin(now);
        attempts.fail(now + 30s);
    }
    CHECK(attempts.is_due(now + 30s + 5min));
    for (int i = 0; i < 20; ++i) {
        attempts.begin(now);
        attempts.fail(now + 10ms);
    }
    CHECK(attempts.is_due(now + 1s));
}
