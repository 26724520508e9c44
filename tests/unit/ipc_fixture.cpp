#include "ipc_fixture.h"

#include "base/digest.h"
#include "ipc/call.h"
#include "ipc/unix_address.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace sceau::ipc::test {

using base::Result;

namespace {

constexpr int kPatience = 60; // seconds

asio::awaitable<Result<Reply>> wait_for_release(Script& script, bool throwing)
{
    ++script.waiting;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool cancelled = false;
    try {
        while (!script.released) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
        }
    } catch (const std::system_error&) {
        cancelled = true;
    }
    --script.waiting;
    script.cancelled += cancelled ? 1 : 0;
    if (cancelled && throwing)
        throw std::runtime_error("what a handler of ours never does");
    if (cancelled)
        co_return std::unexpected(base::cancelled("cancelled"));
    co_return Reply(ListKeys::Reply{});
}

// Arguments of a coroutine have names: g++ 12 destroys some of the temporaries of a co_await twice.

asio::awaitable<Result<Reply>> answer(Script& script, const ListKeys::Parameters& request, ReplyStream& stream)
{
    const std::string email = request.email.value_or("");
    const std::size_t kilobytes = std::strtoul(email.c_str(), nullptr, 10);
    if (kilobytes == 0)
        co_return co_await wait_for_release(script, email == "throw");
    ListKeys::Reply keys;
    keys.keys.resize(1);
    keys.keys[0].subject = std::string(kilobytes * 1024, 'x');
    const Reply reply = std::move(keys);
    CO_TRY(co_await stream.send(reply));
    co_return reply;
}

asio::awaitable<Result<Reply>> answer(const Sign::Parameters& request, ReplyStream& stream)
{
    CO_TRY_ASSIGN(const auto digest, base::Digest::for_scheme(request.scheme, request.digest));
    Reply progress =
        Sign::Reply{.signature = {},
                    .progress = Progress{.state = State::pin, .token_label = "token", .before = {}, .tries_left = {}}};
    CO_TRY(co_await stream.send(std::move(progress)));
    Sign::Reply reply;
    reply.signature = base::Bytes(digest.bytes().begin(), digest.bytes().end());
    co_return Reply(std::move(reply));
}

asio::awaitable<Result<Reply>> watch(Script& script, ReplyStream& stream)
{
    while (true) {
        Watch::Reply tokens;
        tokens.tokens.resize(1);
        tokens.tokens[0].label = std::string(65536, 'x');
        Reply reply = std::move(tokens);
        CO_TRY(co_await stream.send(std::move(reply)));
        ++script.sent;
    }
}

asio::awaitable<Result<Reply>> handle(Script& script, Request request, ReplyStream& stream)
{
    ++script.handled;
    if (const auto* list_keys = std::get_if<ListKeys::Parameters>(&request))
        co_return co_await answer(script, *list_keys, stream);
    if (const auto* sign = std::get_if<Sign::Parameters>(&request))
        co_return co_await answer(*sign, stream);
    if (std::holds_alternative<Watch::Parameters>(request))
        co_return co_await watch(script, stream);
    ListTokens::Reply reply;
    reply.tokens.resize(1);
    reply.tokens[0].label = "token";
    co_return Reply(std::move(reply));
}

} // namespace

Handler Script::handler()
{
    return
        [this](const Peer&, Request request, ReplyStream& stream) { return handle(*this, std::move(request), stream); };
}

struct RunningServer::Loop {
    asio::io_context io;
    Server server;
};

RunningServer::RunningServer(Limits limits)
{
    start(script_.handler(), limits);
}

RunningServer::RunningServer(Handler handler, Limits limits)
{
    start(std::move(handler), limits);
}

void RunningServer::start(Handler handler, Limits limits)
{
    socket_ = folder_.path() / "sceau" / "agent";
    auto listener = Listener::open(socket_);
    if (!listener)
        throw std::runtime_error(listener.error().message);
    loop_ = std::unique_ptr<Loop>(
        new Loop{.io = asio::io_context(1), .server = Server(*std::move(listener), std::move(handler), limits)});
    asio::co_spawn(loop_->io, loop_->server.run(), asio::detached);
    thread_ = std::thread([this] { loop_->io.run(); });
}

void RunningServer::stop()
{
    if (!thread_.joinable())
        return;
    asio::post(loop_->io, [this] { loop_->server.stop(); });
    thread_.join();
}

RunningServer::~RunningServer()
{
    stop();
}

RawClient::RawClient(const std::filesystem::path& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
    ::setsockopt(fd_.value(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.value(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto address = unix_address(socket);
    if (::connect(fd_.value(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        fd_.reset();
}

bool RawClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_.value(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::send_with_descriptor(std::string_view bytes, int descriptor)
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    ::sendmsg(fd_.value(), &message, MSG_NOSIGNAL);
}

std::optional<std::string> RawClient::receive_frame()
{
    while (true) {
        if (const std::size_t end = buffer_.find('\0'); end != std::string::npos) {
            std::string frame = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return frame;
        }
        std::array<char, 65536> part;
        const ssize_t received = ::recv(fd_.value(), part.data(), part.size(), 0);
        if (received < 0 && errno == EAGAIN)
            throw std::runtime_error("the server neither answers nor closes");
        if (received <= 0)
            return std::nullopt;
        buffer_.append(part.data(), static_cast<std::size_t>(received));
    }
}

std::string RawClient::call(std::string_view text)
{
    send_frame(text);
    return receive_frame().value_or("closed");
}

bool RawClient::closed_by_server()
{
    pollfd watched{.fd = fd_.value(), .events = POLLRDHUP, .revents = 0};
    return ::poll(&watched, 1, kPatience * 1000) > 0;
}

void RawClient::shut_down_sending()
{
    ::shutdown(fd_.value(), SHUT_WR);
}

std::string error_name(const std::optional<std::string>& frame)
{
    return frame ? nlohmann::json::parse(*frame).value("error", "none") : "closed";
}

bool is_served(RunningServer& server)
{
    const auto reply = decode_reply<ListTokens>(RawClient(server.socket()).call(kListTokens));
    return reply && reply->value.tokens.at(0).label == "token";
}

} // namespace sceau::ipc::test
