// docs/protocol.md must be enough for strangers to work from. Its exchange is sent to a server and compared byte for
// byte, and its tables must name every existing error, method, field and enumerator.
#include "base/digest.h"
#include "ipc/errors.h"
#include "ipc_fixture.h"

#include <asio/awaitable.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;

namespace {

constexpr std::string_view kKey = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct Line {
    bool to_agent;
    std::string frame;
};

std::string document()
{
    std::ifstream file(std::string(SCEAU_SOURCE_DIR) + "/docs/protocol.md");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Line> exchange()
{
    std::vector<Line> lines;
    std::istringstream text(document());
    for (std::string line; std::getline(text, line);)
        if (line.starts_with("--> ") || line.starts_with("<-- "))
            lines.push_back({.to_agent = line.starts_with("-->"), .frame = line.substr(4)});
    return lines;
}

// The document's agent: one key, and one wrong PIN before the right one.
Reply the_key()
{
    return ListKeys::Reply{.keys = {{.id = base::KeyId::parse(kKey).value(),
                                     .token_label = "Direction 2026",
                                     .token_serial = "0042",
                                     .certificate = {0x30, 0x00},
                                     .chain = {},
                                     .subject = "CN=Direction Example",
                                     .issuer = "CN=Example CA",
                                     .addresses = {"direction@example.org"},
                                     .not_before = "2026-03-01T00:00:00Z",
                                     .not_after = "2027-03-01T00:00:00Z",
                                     .algorithm = "ec",
                                     .bits = 256,
                                     .usage = {Usage::sign},
                                     .schemes = {base::Scheme::ecdsa_secp256r1_sha256}}}};
}

Reply progress(State state, std::optional<int> tries_left = {})
{
    return Sign::Reply{
        .signature = {},
        .progress = Progress{.state = state, .token_label = "Direction 2026", .before = {}, .tries_left = tries_left}};
}

asio::awaitable<base::Result<Reply>> answer(const Peer&, Request request, ReplyStream& stream)
{
    const auto* sign = std::get_if<Sign::Parameters>(&request);
    if (sign == nullptr)
        co_return the_key();
    CO_TRY(base::Digest::for_scheme(sign->scheme, sign->digest));
    if (sign->key.hex() != kKey)
        co_return std::unexpected(base::key_not_found("no such key"));
    const std::vector<Reply> all{progress(State::pin), progress(State::pin, 2), progress(State::signing)};
    for (const Reply& each : all)
        CO_TRY(co_await stream.send(each));
    co_return Reply(Sign::Reply{.signature = base::Bytes{0x30, 6, 2, 1, 1, 2, 1, 2}, .progress = {}});
}

template <class T>
void check_fields_are_named(const std::string& text)
{
    const std::vector<std::string_view> names =
        std::apply([](const auto&... field) { return std::vector<std::string_view>{field.name...}; }, T::fields());
    for (const std::string_view name : names)
        CHECK_THAT(text, Catch::Contains("`" + std::string(name) + "`"));
}

} // namespace

TEST_CASE("the protocol document's exchange is what the agent says byte for byte")
{
    const std::vector<Line> lines = exchange();
    REQUIRE(lines.size() >= 20);
    RunningServer server(answer);
    RawClient client(server.socket());
    for (const Line& line : lines) {
        if (line.to_agent)
            client.send_frame(line.frame);
        else
            CHECK(client.receive_frame() == line.frame);
    }
    CHECK(client.receive_frame() == std::nullopt); // the last call ends the connection
}

TEST_CASE("the protocol document names every error with its parameter")
{
    const std::string text = document();
    for (const WireError& error : wire_errors()) {
        const std::string name = "| `" + std::string(error.name) + "` |";
        const bool only_received = error.name == "MethodNotImplemented" || error.name == "PermissionDenied";
        CHECK((text.find(name) != std::string::npos) != only_received);
        if (error.carried != Carried::nothing && !only_received)
            CHECK_THAT(text, Catch::Contains(name + " `" + std::string(error.parameter) + "`: "));
    }
}

TEST_CASE("the protocol document's tables of errors name no other")
{
    std::istringstream text(document());
    std::string interface;
    int rows = 0;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("| error of "))
            interface = line.substr(11, line.find(' ', 11) - 11);
        if (line.empty())
            interface.clear();
        if (interface.empty() || !line.starts_with("| `"))
            continue;
        const std::string name = line.substr(3, line.find('`', 3) - 3);
        INFO(interface << "." << name);
        CHECK(std::ranges::any_of(
            wire_errors(), [&](const WireError& error) { return error.interface == interface && error.name == name; }));
        ++rows;
    }
    CHECK(rows == 20);
}

TEST_CASE("the protocol document names every method and field and state")
{
    const std::string text = document();
    for (const auto name :
         {ListTokens::kName, ListKeys::kName, Sign::kName, DescribeContent::kName, Watch::kName, ReadJournal::kName})
        CHECK_THAT(text, Catch::Contains("### " + std::string(name) + "("));
    check_fields_are_named<Token>(text);
    check_fields_are_named<Key>(text);
    check_fields_are_named<PinState>(text);
    check_fields_are_named<Obstacle>(text);
    check_fields_are_named<Progress>(text);
    check_fields_are_named<Terminal>(text);
    check_fields_are_named<JournalEntry>(text);
    check_fields_are_named<ReadJournal::Parameters>(text);
    check_fields_are_named<ReadJournal::Reply>(text);
    check_fields_are_named<Sign::Parameters>(text);
    check_fields_are_named<DescribeContent::Parameters>(text);
    check_fields_are_named<DescribeContent::Reply>(text);
    check_fields_are_named<ListKeys::Parameters>(text);
    for (const auto& state : enumerators(State{}))
        CHECK_THAT(text, Catch::Contains("`" + std::string(state.name) + "`"));
    for (const auto& kind : enumerators(Obstacle::Kind{}))
        CHECK_THAT(text, Catch::Contains("`" + std::string(kind.name) + "`"));
}
