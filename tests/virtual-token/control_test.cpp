// The program virtual-token and the control socket: what scripts write, and how they are answered.
#include "tests/support/program.h"
#include "tests/virtual-token/control_socket.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

using namespace sceau;
using namespace sceau::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string answers_of(const std::vector<std::string>& cards, const std::string& lines)
{
    Arguments arguments = {std::string(SCEAU_BINARY_DIR) + "/tests/virtual-token"};
    arguments.insert(arguments.end(), cards.begin(), cards.end());
    Program program(arguments, {}, lines);
    const Ended ended = program.wait();
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, StartsWith("PCSCLITE_CSOCK_NAME=/"));
    const auto ready = ended.out.find("ready\n");
    REQUIRE(ready != std::string::npos);
    return ended.out.substr(ready + 6);
}

/// A script's end of a control socket.
class Script {
  public:
    explicit Script(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        REQUIRE(::connect(socket_.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }

    std::string ask(const std::string& line) const
    {
        std::string answer(100, '\0');
        REQUIRE(::send(socket_.value(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size()));
        answer.resize(static_cast<std::size_t>(::recv(socket_.value(), answer.data(), answer.size(), 0)));
        return answer;
    }

  private:
    base::UniqueFd socket_;
};

} // namespace

TEST_CASE("virtual-token does what the lines on its input say")
{
    CHECK(answers_of({}, "counters\n"
                         "unplug\n"
                         "plug\n"
                         "present\n"
                         "remove\n"
                         "absent\n"
                         "mark PIN typed\n") == "verify 0\nresets 0\ntries 3\nok\nok\nok\nok\nok\nok\nok\n");
}

TEST_CASE("virtual-token has as many cards as it was given, and the log of each")
{
    const std::string answers = answers_of({"9c=p384,tries=5", "9a=rsa2048,name=Alice"}, "counters\n"
                                                                                         "card 2\n"
                                                                                         "mark here\n"
                                                                                         "counters\n"
                                                                                         "log\n");
    CHECK_THAT(answers, StartsWith("verify 0\nresets 0\ntries 5\nok\nok\nok\nverify 0\nresets 0\ntries 3\nok\n"));
    CHECK_THAT(answers, Contains("inserted\npower on\n"));
    CHECK_THAT(answers, Contains("mark: here\n"));
}

TEST_CASE("virtual-token reports what is wrong with a line, and continues")
{
    CHECK(answers_of({}, "bogus\n"
                         "fault bogus\n"
                         "fault vanish 300 nth 2 after typed executed\n"
                         "fault status\n"
                         "latency x\n"
                         "card 2\n"
                         "insert\n") == "error: no such command: bogus\n"
                                        "error: no such fault: bogus\n"
                                        "ok\n"
                                        "error: missing: a status word\n"
                                        "error: missing: milliseconds\n"
                                        "error: no such card\n"
                                        "ok\n");
}

TEST_CASE("another process marks the log of a test's card through the control socket")
{
    TemporaryFolder folder;
    VirtualCard card;
    const ControlSocket control(folder.path() / "control", CommandLine({&card}));
    for (int connection = 0; connection < 2; ++connection) {
        const Script script(folder.path() / "control");
        CHECK(script.ask("mark PIN typed\n") == "ok\n");
        CHECK(script.ask("plug\n") == "error: there is no daemon here\n");
    }
    CHECK(to_string(card.log()) == "mark: PIN typed\nmark: PIN typed\n");
}
