#include "ipc/connection.h"

#include "ipc/closing.h"
#include "ipc/interface.h"
#include "ipc/no_throw.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace sceau::ipc {

namespace {

using base::Error;
using base::Result;

constexpr auto kNever = Connection::Clock::time_point::max();

// Descriptors that a connection may hold, in calls that are not answered yet.
constexpr std::size_t kMostPassed = 2;

struct Received {
    ssize_t size = 0;
    base::UniqueFd passed = {};
    bool too_many = false; // descriptors
};

base::UniqueFd descriptor_in(msghdr& message)
{
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return {};
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return base::UniqueFd(descriptor);
}

// A call has one descriptor at most. MSG_PEEK gets a duplicate of it and leaves the original in the socket, for whoever
// closes that. Of several, the kernel releases the duplicates that have no room here, which closes nothing for the last
// time.
Received receive_from(int socket, std::span<char> buffer)
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = CMSG_LEN(sizeof(int));
    const ssize_t seen = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);
    if (seen <= 0)
        return {.size = seen};
    base::UniqueFd passed = descriptor_in(message);
    if ((message.msg_flags & MSG_CTRUNC) != 0)
        return {.size = seen, .passed = std::move(passed), .too_many = true};
    // Reads only what was peeked at: what arrived since then may carry descriptors. The original is released here, but
    // not for the last time, because of the duplicate.
    const ssize_t size = ::recv(socket, buffer.data(), static_cast<std::size_t>(seen), MSG_DONTWAIT);
    return {.size = size, .passed = std::move(passed)};
}

/// The content that a request names, and where it belongs.
struct NamedContent {
    const char* parameter;
    int number;
    std::shared_ptr<const Result<base::SealedMemory>>* content;
};

std::optional<NamedContent> content_named_in(Request& request)
{
    if (auto* description = std::get_if<DescribeContent::Parameters>(&request))
        return NamedContent{"content_fd", description->content_fd, &description->content};
    auto* signing = std::get_if<Sign::Parameters>(&request);
    if (signing == nullptr || !signing->evidence || !signing->evidence->content_fd)
        return std::nullopt;
    return NamedContent{"evidence.content_fd", *signing->evidence->content_fd, &signing->evidence->content};
}

Error too_long()
{
    return base::internal("a reply longer than a frame may be");
}

std::string reply_to(const GetInfo::Parameters&)
{
    return encode_reply(GetInfo::Reply{.vendor = "Sceau",
                                       .product = "sceau-agent",
                                       .version = std::string(version()),
                                       .url = std::string(home_page()),
                                       .interfaces = {std::string(kServiceInterface), std::string(kAgentInterface)}});
}

std::string reply_to(const GetInterfaceDescription::Parameters& asked)
{
    if (asked.interface == kAgentInterface)
        return encode_reply(GetInterfaceDescription::Reply{std::string(interface_description())});
    if (asked.interface == kServiceInterface)
        return encode_reply(GetInterfaceDescription::Reply{std::string(service_description())});
    return encode_error_reply(base::interface_not_found(asked.interface));
}

} // namespace

class Connection::Stream final : public ReplyStream {
  public:
    Stream(Connection& connection, bool more) : connection_(connection), more_(more) {}

    bool more() const override { return more_; }

    asio::awaitable<Result<>> send(Reply reply) override
    {
        const Limits& limits = connection_.host_->limits;
        const bool tells_progress = std::holds_alternative<ProgressReply>(reply);
        return connection_.write_part(more_ ? encode_reply(reply, true) : "",
                                      tells_progress ? limits.progress_timeout : limits.reply_timeout);
    }

  private:
    Connection& connection_;
    bool more_;
};

Connection::Connection(const asio::any_io_executor& executor, Peer peer, std::shared_ptr<Host> host)
    : socket_(executor),
      peer_(std::move(peer)),
      host_(std::move(host)),
      frame_timer_(executor, kNever),
      reply_timer_(executor, kNever)
{
    peer_.connection = life_;
}

Connection::~Connection()
{
    hold(0);
    host_->on_end(*this);
}

void Connection::start(base::UniqueFd socket)
{
    asio::error_code error;
    socket_.assign(asio::local::stream_protocol(), socket.value(), error);
    if (error)
        return;
    socket.release();
    asio::co_spawn(socket_.get_executor(), read_calls(shared_from_this()), asio::detached);
}

void Connection::close()
{
    asio::error_code ignored;
    if (socket_.is_open())
        close_without_waiting(base::UniqueFd(socket_.release(ignored)));
    frame_timer_.expires_at(kNever);
    reply_timer_.expires_at(kNever);
    frames_ = {};
    passed_.reset();
    drop_waiting();
    cancel_.emit(asio::cancellation_type::terminal);
}

void Connection::finish()
{
    input_ended_ = true;
    stopping_ = true;
    frame_timer_.expires_at(kNever);
    drop_waiting();
    cancel_.emit(asio::cancellation_type::terminal);
    answer_if_needed();
}

// --- what is held ---

// Returns false when the budget has no room for these bytes.
bool Connection::hold(std::size_t bytes)
{
    if (!host_->budget.change(peer_.executable, held_, bytes))
        return false;
    held_ = bytes;
    return true;
}

void Connection::hold_less()
{
    hold(frames_.size() + unanswered_);
}

void Connection::drop_waiting()
{
    for (const Waiting& waiting : waiting_)
        unanswered_ -= waiting.size;
    waiting_.clear();
    hold_less();
}

// --- reading ---

asio::awaitable<void> Connection::read_calls(Self self)
{
    while (self->is_open()) {
        const auto [error] = co_await self->socket_.async_wait(asio::socket_base::wait_read, kNoThrow);
        if (error || !self->receive())
            break;
    }
    if (self->is_open() && !has_hung_up(self->socket_.native_handle()))
        co_await self->outlast_input();
    self->close();
}

// What the client asked before it closed its sending side is answered, unless it closes the other side too.
asio::awaitable<void> Connection::outlast_input()
{
    input_ended_ = true;
    frame_timer_.expires_at(kNever);
    answer_if_needed();
    co_await socket_.async_wait(asio::socket_base::wait_error, kNoThrow);
}

// Returns false when no more input will come, or none will be read.
bool Connection::receive()
{
    std::array<char, 65536> buffer;
    Received received = receive_from(socket_.native_handle(), buffer);
    if (received.size < 0)
        return errno == EAGAIN || errno == EINTR;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(received.size));
    if (received.passed && !take_passed(std::move(received.passed), received.too_many))
        close();
    if (received.size == 0 || !is_open())
        return false;
    last_active_ = Clock::now();
    if (last_words_ || input_ended_)
        return discard(bytes);
    if (hold(held_ + bytes.size())) {
        frames_.feed(bytes);
        take_frames();
        hold_less();
    } else {
        end_with(base::busy("too many bytes of requests are waiting"));
    }
    if (passed_ && !frames_.begun()) // no call names the descriptor
        close();
    return is_open();
}

// Keeps a descriptor for the call that names it. Returns false if it breaks the rules, which ends the connection.
bool Connection::take_passed(base::UniqueFd descriptor, bool one_of_several)
{
    Result<base::SealedMemory> passed =
        std::unexpected(base::evidence_mismatch("the content that was sent along is not a file in memory"));
    const bool is_file_in_memory = base::SealedMemory::is_file_in_memory(descriptor.value());
    if (is_file_in_memory)
        passed = base::SealedMemory::take(std::move(descriptor));
    else
        close_foreign_without_waiting(std::move(descriptor));
    const bool sent_foreign = std::exchange(sent_foreign_, sent_foreign_ || !is_file_in_memory);
    std::erase_if(held_passed_, [](const auto& each) { return each.expired(); });
    if (one_of_several || passed_ || last_words_ || input_ended_ || held_passed_.size() == kMostPassed ||
        (sent_foreign && !is_file_in_memory))
        return false;
    passed_ = std::make_shared<const Result<base::SealedMemory>>(std::move(passed));
    held_passed_.push_back(passed_);
    return true;
}

// After the decision to end the connection, the frame that the client has begun is read to its end, so that the client
// goes on to read the answer. Anything beyond that stays in the socket: reading it would cost other clients time.
bool Connection::discard(std::string_view bytes)
{
    discarded_ += bytes.size();
    return discarded_ < kMaxFrameSize && bytes.find('\0') == std::string_view::npos;
}

void Connection::take_frames()
{
    bool took_one = false;
    while (!last_words_) {
        auto frame = frames_.next();
        if (!frame)
            return end_with(std::move(frame).error());
        if (!*frame)
            break;
        took_one = true;
        auto call = decode_call(**frame);
        if (!call)
            return end_with(std::move(call).error());
        attach_passed(*call);
        take_call(*std::move(call), (*frame)->size());
    }
    watch_frame(took_one);
}

void Connection::take_call(Call call, std::size_t size)
{
    if (waiting_.size() + (answering_ ? 1 : 0) >= host_->limits.waiting)
        return end_with(base::busy("too many requests of one client are waiting"));
    waiting_.push_back({.call = std::move(call), .size = size});
    unanswered_ += size;
    answer_if_needed();
}

// A descriptor is sent with the first byte of its call, so it has come when the call is complete.
void Connection::attach_passed(Call& call)
{
    if (!call.request && call.request.error().code == base::ErrorCode::method_not_found)
        passed_.reset(); // a later agent may have a method with content; the answer says that this one has not
    auto* request = call.request ? std::get_if<Request>(&*call.request) : nullptr;
    const auto named = request != nullptr ? content_named_in(*request) : std::nullopt;
    if (!named)
        return;
    if (named->number != 0 || !passed_)
        call.request = std::unexpected(
            base::invalid_parameter(named->parameter, "is not the number of a descriptor that was sent along"));
    else
        *named->content = std::exchange(passed_, nullptr);
}

void Connection::end_with(Error last_words)
{
    if (last_words_)
        return;
    last_words_ = std::move(last_words);
    frames_ = {};
    hold_less();
    frame_timer_.expires_at(kNever);
    answer_if_needed();
}

// The time limit of each frame begins with its first byte.
void Connection::watch_frame(bool took_one)
{
    if (took_one || !frames_.begun())
        frame_timer_.expires_at(kNever);
    if (!frames_.begun() || frame_timer_.expiry() != kNever)
        return;
    frame_timer_.expires_after(host_->limits.frame_timeout);
    frame_timer_.async_wait([weak = weak_from_this()](asio::error_code) {
        if (const auto self = weak.lock(); self && self->frame_timer_.expiry() <= Clock::now())
            self->end_with(base::bad_frame("not finished in time"));
    });
}

// --- answering ---
// Arguments of a coroutine have names: g++ 12 destroys some of the temporaries of a co_await twice.

void Connection::answer_if_needed()
{
    if (answering_ || !is_open())
        return;
    answering_ = true;
    asio::co_spawn(socket_.get_executor(), answer_calls(shared_from_this()), asio::detached);
}

asio::awaitable<void> Connection::answer_calls(Self self)
{
    while (!self->waiting_.empty()) {
        co_await self->host_->pace.turn(self->peer_.executable);
        if (self->is_open() && has_hung_up(self->socket_.native_handle()))
            self->close();
        if (self->waiting_.empty()) // the connection was closed, or the server stops
            break;
        std::optional<Waiting> next = std::move(self->waiting_.front());
        self->waiting_.pop_front();
        co_await self->answer(next->call);
        self->unanswered_ -= next->size;
        next.reset();
        self->hold_less();
    }
    if (self->last_words_) {
        std::string message = encode_error_reply(*self->last_words_);
        co_await self->write(std::move(message), self->host_->limits.reply_timeout);
    }
    self->answering_ = false;
    self->last_active_ = Clock::now();
    if (self->last_words_ || self->input_ended_)
        self->close();
}

asio::awaitable<void> Connection::answer(Call& call)
{
    std::string message;
    if (!call.request)
        message = encode_error_reply(call.request.error());
    else if (auto* request = std::get_if<Request>(&*call.request)) {
        const Result<Reply> reply = co_await handle(*request, call.mode);
        // `cancelled` would mean that the person cancelled. That the agent stops is shown by the end of the connection.
        if (stopping_ && !reply && reply.error().code == base::ErrorCode::cancelled)
            co_return close();
        message = reply ? encode_reply(*reply, false) : encode_error_reply(reply.error());
    } else if (const auto* info = std::get_if<GetInfo::Parameters>(&*call.request))
        message = reply_to(*info);
    else
        message = reply_to(std::get<GetInterfaceDescription::Parameters>(*call.request));
    if (call.mode != Mode::oneway && is_open())
        co_await write(std::move(message), host_->limits.reply_timeout);
}

// The handler is a coroutine of its own, so that it can be cancelled and its reply still be sent.
asio::awaitable<Result<Reply>> Connection::handle(Request& request, Mode mode)
{
    const std::size_t method = request.index();
    Stream stream(*this, mode == Mode::more);
    auto handling = host_->handler(peer_, std::move(request), stream);
    auto [exception, reply] = co_await asio::co_spawn(socket_.get_executor(), std::move(handling),
                                                      asio::bind_cancellation_slot(cancel_.slot(), kNoThrow));
    // Asio throws when a cancelled coroutine waits for something else.
    if (exception)
        co_return std::unexpected(is_open() && !input_ended_ ? base::internal("a handler threw")
                                                             : base::cancelled("the caller is gone"));
    if (reply && reply->index() != method)
        co_return std::unexpected(base::internal("a handler's reply is another method's"));
    co_return std::move(reply);
}

// Writes a reply that is not the last; the message is empty if nobody asked for it.
asio::awaitable<Result<>> Connection::write_part(std::string message, std::chrono::milliseconds timeout)
{
    if (message.empty())
        co_return Result<>();
    if (message.size() > kMaxFrameSize)
        co_return std::unexpected(too_long());
    const bool written = co_await write(std::move(message), timeout);
    if (!written)
        co_return std::unexpected(base::cancelled("the caller is gone"));
    co_return Result<>();
}

// Returns false when the client did not take the message.
asio::awaitable<bool> Connection::write(std::string message, std::chrono::milliseconds timeout)
{
    if (message.size() > kMaxFrameSize)
        message = encode_error_reply(too_long());
    message.push_back('\0');
    reply_timer_.expires_after(timeout);
    reply_timer_.async_wait([weak = weak_from_this()](asio::error_code) {
        if (const auto self = weak.lock(); self && self->reply_timer_.expiry() <= Clock::now())
            self->close();
    });
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(message), kNoThrow);
    reply_timer_.expires_at(kNever);
    if (error)
        close();
    co_return !error;
}

} // namespace sceau::ipc
