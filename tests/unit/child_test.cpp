// What a child process inherits from us, and what it does not.
#include "base/channel.h"
#include "base/child.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sceau::base;

namespace {

constexpr int kPatience = 60'000; // milliseconds

Program shell(const std::string& script, std::vector<Passed> descriptors, Variables environment = {})
{
    return {.path = "/bin/sh",
            .arguments = {"-c", script},
            .environment = std::move(environment),
            .descriptors = std::move(descriptors)};
}

/// Returns what the program writes into its channel: one packet and then the end.
std::string answer(Program program)
{
    const ChannelEnds channel = *open_channel();
    program.descriptors.push_back({.ours = channel.theirs.value(), .theirs = kChannelFd});
    auto child = Child::start(program);
    REQUIRE(child);
    pollfd news = {.fd = channel.ours.value(), .events = POLLIN, .revents = 0};
    REQUIRE(::poll(&news, 1, kPatience) == 1);
    const auto packet = receive_packet(channel.ours.value(), Wait::no);
    REQUIRE(packet);
    return packet->value_or("");
}

bool ends(const Child& child)
{
    pollfd death = {.fd = child.end(), .events = POLLIN, .revents = 0};
    return ::poll(&death, 1, kPatience) == 1;
}

} // namespace

TEST_CASE("a child has the descriptors that it is given, stderr, and no other")
{
    const UniqueFd inherited(::open("/dev/zero", O_RDONLY)); // this one even lacks close-on-exec
    REQUIRE(inherited);
    const UniqueFd given(::memfd_create("given", MFD_CLOEXEC));
    REQUIRE(::write(given.value(), "it", 2) == 2);
    REQUIRE(::lseek(given.value(), 0, SEEK_SET) == 0);
    CHECK(answer(shell("read line <&5; for fd in /proc/self/fd/*; do case $fd in */[0-9]|*/[0-9][0-9]) "
                       "[ -e $fd ] && list=\"$list${fd##*/} \";; esac; done; echo \"$line: $list\" >&3",
                       {{.ours = given.value(), .theirs = 5}})) == "it: 0 1 2 3 5 \n");
}

TEST_CASE("a child that is given no input and output reads nothing and writes nowhere")
{
    CHECK(answer(shell("cat; readlink /proc/self/fd/0 >&3", {})) == "/dev/null\n");
    CHECK(answer(shell("echo lost; output=$(readlink /proc/$$/fd/1); echo $output >&3", {})) == "/dev/null\n");
}

TEST_CASE("descriptors are passed correctly whatever number each has with us and in the child")
{
    const ChannelEnds one = *open_channel();
    const ChannelEnds other = *open_channel();
    // Each descriptor has the number on our side that the other gets in the child.
    auto child = Child::start(shell("echo one >&" + std::to_string(other.theirs.value()) + "; echo other >&" +
                                        std::to_string(one.theirs.value()),
                                    {{.ours = one.theirs.value(), .theirs = other.theirs.value()},
                                     {.ours = other.theirs.value(), .theirs = one.theirs.value()}}));
    REQUIRE(child);
    CHECK(*receive_packet(one.ours.value(), Wait::yes) == "one\n");
    CHECK(*receive_packet(other.ours.value(), Wait::yes) == "other\n");
}

TEST_CASE("a child's environment is the one that it is given")
{
    ::setenv("SESSION", "1", 1);
    CHECK(answer(shell("/usr/bin/env >&3", {}, {"PATH=/bin", "GIVEN=yes"})).find("SESSION") == std::string::npos);
    CHECK(answer(shell("echo \"$GIVEN\" >&3", {}, {"GIVEN=yes"})) == "yes\n");
    ::unsetenv("SESSION");
}

TEST_CASE("a child has no signal blocked or ignored that we block or ignore")
{
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto* const disposition = ::signal(SIGPIPE, SIG_IGN);
    const std::string told =
        answer(shell("while read name mask; do case $name in SigBlk:|SigIgn:) list=\"$list$mask \";; "
                     "esac; done </proc/self/status; echo $list >&3",
                     {}));
    ::signal(SIGPIPE, disposition);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // glibc keeps two signals of its own, above 31, ignored (posix_spawn).
    constexpr unsigned long kOurs = (1UL << 31) - 1;
    REQUIRE(told.size() == 2 * (16 + 1));
    CHECK((std::stoul(told.substr(0, 16), nullptr, 16) & kOurs) == 0);
    CHECK((std::stoul(told.substr(17, 16), nullptr, 16) & kOurs) == 0);
}

TEST_CASE("a child's limits are in force before it is told anything, and raise none that is lower")
{
    const ChannelEnds channel = *open_channel();
    Program program = shell("read go; ulimit -n; ulimit -t", {{.ours = channel.theirs.value(), .theirs = 0},
                                                              {.ours = channel.theirs.value(), .theirs = 1}});
    program.limits = {{RLIMIT_NOFILE, 17}, {RLIMIT_CPU, RLIM_INFINITY}};
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_CPU, &before) == 0);
    const rlimit lower = {.rlim_cur = 4321, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_CPU, &lower) == 0);
    auto child = Child::start(program);
    REQUIRE(::setrlimit(RLIMIT_CPU, &before) == 0);
    REQUIRE(child);
    REQUIRE(send_packet(channel.ours.value(), "\n", Wait::no));
    CHECK(*receive_packet(channel.ours.value(), Wait::yes) == "17\n");
    CHECK(*receive_packet(channel.ours.value(), Wait::yes) == "4321\n");
}

TEST_CASE("a child's end is noticed, and reported with its exit status or its signal")
{
    auto exits = Child::start(shell("exit 7", {}));
    REQUIRE(exits);
    REQUIRE(ends(*exits));
    CHECK_FALSE(exits->is_running());
    CHECK(told_end(exits->reap().value()) == "exit status 7");
    CHECK_FALSE(exits->reap());

    auto killed = Child::start(shell("kill -SEGV $$", {}));
    REQUIRE(killed);
    REQUIRE(ends(*killed));
    CHECK(told_end(killed->reap().value()) == "signal 11 (Segmentation fault)");
}

TEST_CASE("a child that goes out of sight is killed and reaped, and one that is released is not")
{
    pid_t released = -1;
    pid_t dropped = -1;
    {
        auto one = Child::start(shell("exec sleep 600", {}));
        auto other = Child::start(shell("exec sleep 600", {}));
        REQUIRE(one);
        REQUIRE(other);
        dropped = one->pid();
        released = other->release();
    }
    CHECK(::waitpid(dropped, nullptr, WNOHANG) == -1);
    Child again(released);
    CHECK(again.is_running());
    again.kill(SIGTERM);
    REQUIRE(ends(again));
    CHECK(told_end(again.reap().value()) == "signal 15 (Terminated)");
}

TEST_CASE("a program that does not exist is an error")
{
    const auto child = Child::start({.path = "/nonexistent", .arguments = {}, .environment = {}, .descriptors = {}});
    REQUIRE_FALSE(child);
    CHECK(child.error().code == ErrorCode::internal);
}
