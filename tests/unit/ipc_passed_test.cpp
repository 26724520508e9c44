// Content that a client passes with a call, as a descriptor.
#include "ipc/client.h"
#include "tests/unit/ipc_fixture.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;
using namespace std::string_literals;

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

const std::string kSign = R"({"method":"org.sceau.Agent.Sign","parameters":{"key":")" + std::string(64, 'a') +
                          R"(","scheme":"rsa_pkcs1_sha256","digest":"","evidence":{"kind":"mail","content_fd":0}}})";

std::string content_of(const base::SealedMemory& content)
{
    std::string text(content.size(), '\0');
    REQUIRE(::pread(content.fd(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
}

const std::string kDescribe = R"({"method":"org.sceau.Agent.DescribeContent","parameters":{"key":")" +
                              std::string(64, 'a') + R"(","content_fd":0}})";

base::Bytes bytes_of(const std::string& text)
{
    return {text.begin(), text.end()};
}

// Answers Sign with the content that was passed as the signature, or with what is wrong with it, DescribeContent with
// it as the only attribute, and ListTokens with nothing.
asio::awaitable<base::Result<Reply>> return_content(const Peer&, Request request, ReplyStream&)
{
    if (const auto* description = std::get_if<DescribeContent::Parameters>(&request)) {
        if (!*description->content)
            co_return std::unexpected(description->content->error());
        DescribeContent::Reply reply;
        reply.attributes.push_back(bytes_of(content_of(**description->content)));
        co_return reply;
    }
    const auto* signing = std::get_if<Sign::Parameters>(&request);
    if (signing == nullptr) {
        ListTokens::Reply reply;
        reply.tokens.resize(1);
        reply.tokens[0].label = "token";
        co_return reply;
    }
    Sign::Reply reply;
    if (signing->evidence && signing->evidence->content) {
        const base::Result<base::SealedMemory>& content = *signing->evidence->content;
        if (!content)
            co_return std::unexpected(content.error());
        reply.signature = bytes_of(content_of(*content));
    }
    co_return reply;
}

base::UniqueFd file_in_memory(std::string_view content, int seals)
{
    base::UniqueFd file(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(::write(file.value(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    REQUIRE((seals == 0 || ::fcntl(file.value(), F_ADD_SEALS, seals) == 0));
    return file;
}

std::string reply_to_sign_with(RawClient& client, int descriptor)
{
    client.send_with_descriptor(kSign + '\0', descriptor);
    return client.receive_frame().value_or("");
}

} // namespace

TEST_CASE("content that a client passes arrives with its call")
{
    RunningServer server(return_content);
    auto client = Client::connect(server.socket());
    REQUIRE(client);
    const base::UniqueFd file = file_in_memory("Hello", 0);
    for (int times = 0; times < 40; ++times) {
        auto copy = base::SealedMemory::copy_of(file.value(), 5);
        REQUIRE(copy);
        Sign::Parameters request{.key = {}, .digest = {}, .evidence = Evidence{}, .terminal = {}};
        request.evidence->content_fd = 0;
        request.evidence->content = std::make_shared<const base::Result<base::SealedMemory>>(*std::move(copy));
        const auto reply = client->call<Sign>(request);
        REQUIRE(reply);
        CHECK(reply->signature == base::Bytes{'H', 'e', 'l', 'l', 'o'});
    }
}

TEST_CASE("content that is only to be described arrives with its call as well")
{
    RunningServer server(return_content);
    auto client = Client::connect(server.socket());
    REQUIRE(client);
    const base::UniqueFd file = file_in_memory("Hello", 0);
    DescribeContent::Parameters request;
    request.content =
        std::make_shared<const base::Result<base::SealedMemory>>(base::SealedMemory::copy_of(file.value(), 5));
    const auto reply = client->call<DescribeContent>(request);
    REQUIRE(reply);
    CHECK(reply->attributes == std::vector<base::Bytes>{bytes_of("Hello")});
    RawClient other(server.socket());
    CHECK(other.call(kDescribe).find("\"content_fd\"") != std::string::npos); // it is missing
    other.send_with_descriptor(kDescribe + '\0', file_in_memory("x", 0).value());
    CHECK(error_name(other.receive_frame()) == "org.sceau.Agent.EvidenceMismatch"); // it is not sealed
}

TEST_CASE("several calls that were sent at once get each its own content")
{
    RunningServer server(return_content);
    RawClient client(server.socket());
    const base::UniqueFd one = file_in_memory("one", kSeals);
    const base::UniqueFd two = file_in_memory("two", kSeals);
    client.send_frame(kListTokens);
    client.send_with_descriptor(kSign + '\0', one.value());
    client.send_frame(kListTokens);
    CHECK(error_name(client.receive_frame()) == "none");
    CHECK(client.receive_frame().value_or("").find("b25l") != std::string::npos); // "one" in base64
    CHECK(error_name(client.receive_frame()) == "none");
    client.send_with_descriptor(kSign + '\0', two.value());
    CHECK(client.receive_frame().value_or("").find("dHdv") != std::string::npos); // "two"
}

TEST_CASE("P10: content is refused, with the reason, unless it is a file in memory that nobody can change")
{
    RunningServer server(return_content);
    RawClient client(server.socket());
    const auto refusal = [&](const base::UniqueFd& descriptor) {
        return reply_to_sign_with(client, descriptor.value());
    };
    const auto says = [](const std::string& reply, const char* reason) {
        return reply.find("EvidenceMismatch") != std::string::npos && reply.find(reason) != std::string::npos;
    };
    SECTION("a pipe")
    {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        const base::UniqueFd reading(ends[0]);
        CHECK(says(refusal(base::UniqueFd(ends[1])), "not a file in memory"));
    }
    SECTION("a folder")
    {
        CHECK(says(refusal(base::UniqueFd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC))), "not a file in memory"));
    }
    SECTION("a file on a disk")
    {
        CHECK(says(refusal(base::UniqueFd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC))), "not a file in memory"));
    }
    SECTION("one that is not sealed, or only in part, or otherwise")
    {
        for (const int missing : {F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, kSeals})
            CHECK(says(refusal(file_in_memory("x", kSeals & ~missing)), "not sealed as it must be"));
        CHECK(says(refusal(file_in_memory("x", (kSeals & ~F_SEAL_WRITE) | F_SEAL_FUTURE_WRITE)), "not sealed"));
        CHECK(says(refusal(file_in_memory("x", kSeals | F_SEAL_FUTURE_WRITE)), "not sealed"));
    }
    SECTION("one of two gigabytes without a byte in it")
    {
        const base::UniqueFd file = file_in_memory("", 0);
        REQUIRE(::ftruncate(file.value(), off_t{2} << 30) == 0);
        REQUIRE(::fcntl(file.value(), F_ADD_SEALS, kSeals) == 0);
        CHECK(says(refusal(file), "larger than 256 MiB"));
    }
    SECTION("and one that is right is taken")
    {
        CHECK(error_name(refusal(file_in_memory("x", kSeals))) == "none");
    }
    CHECK(error_name(client.call(kListTokens)) == "none");
}

TEST_CASE("a call that names content which did not come says so")
{
    RunningServer server(return_content);
    RawClient client(server.socket());
    std::string call = kSign;
    SECTION("none came") {}
    SECTION("of another number")
    {
        call.replace(call.find("\"content_fd\":0"), 14, "\"content_fd\":1");
    }
    const std::string reply = client.call(call);
    CHECK(reply.find("InvalidParameter") != std::string::npos);
    CHECK(reply.find("evidence.content_fd") != std::string::npos);
}

TEST_CASE("a call with content that this agent does not know is answered as such")
{
    RunningServer server(return_content);
    RawClient client(server.socket());
    const base::UniqueFd file = file_in_memory("x", kSeals);
    for (int times = 0; times < 5; ++times) {
        client.send_with_descriptor(R"({"method":"org.sceau.Agent.Later","parameters":{"content_fd":0}})" + "\0"s,
                                    file.value());
        CHECK(error_name(client.receive_frame()) == "org.varlink.service.MethodNotFound");
    }
}

TEST_CASE("P10: a client that sends more descriptors than calls may have is closed")
{
    RunningServer server(return_content);
    RawClient client(server.socket());
    const base::UniqueFd file = file_in_memory("x", kSeals);
    const base::UniqueFd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    SECTION("two with one call")
    {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
        std::string frame = kSign + '\0';
        iovec part{.iov_base = frame.data(), .iov_len = frame.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(2 * sizeof(int));
        const std::array both = {file.value(), folder.value()};
        std::copy_n(reinterpret_cast<const unsigned char*>(both.data()), sizeof both, CMSG_DATA(header));
        ::sendmsg(client.fd(), &message, MSG_NOSIGNAL);
    }
    SECTION("one more while a frame is not finished")
    {
        client.send_with_descriptor("{", file.value());
        client.send_with_descriptor(" ", file.value());
    }
    SECTION("one with a call that names none")
    {
        client.send_with_descriptor(kListTokens + "\0"s, file.value());
        while (client.receive_frame())
            continue;
    }
    SECTION("a second one that is not a file in memory")
    {
        CHECK(error_name(reply_to_sign_with(client, folder.value())) == "org.sceau.Agent.EvidenceMismatch");
        client.send_with_descriptor(kSign + '\0', folder.value());
    }
    CHECK(client.receive_frame() == std::nullopt);
    CHECK(is_served(server));
}

TEST_CASE("P10: content that was passed is given back once its call is answered, or its client has gone")
{
    RunningServer server(return_content);
    const auto open_files = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::ranges::count_if(all, [](const auto& each) {
            std::error_code ignored;
            return std::filesystem::read_symlink(each.path(), ignored).native().starts_with("/memfd:test");
        });
    };
    RawClient client(server.socket());
    {
        const base::UniqueFd file = file_in_memory("x", kSeals);
        CHECK(error_name(reply_to_sign_with(client, file.value())) == "none");
        client.send_with_descriptor("{", file.value()); // a call that is never finished
    }
    client.close();
    CHECK(eventually([&] { return open_files() == 0; }));
}
