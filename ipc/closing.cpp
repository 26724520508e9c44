#include "ipc/closing.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace sceau::ipc {

namespace {

// A close that hangs occupies one of these threads for as long as it hangs.
constexpr std::size_t kMostThreads = 16;
// A further thread is started when a socket has waited this long: the other threads then hang and are not just busy.
constexpr std::chrono::milliseconds kPatience{50};
// An idle thread waits this long before it ends: a new thread for each socket would cost more than closing it.
constexpr std::chrono::seconds kLingering{1};

// Ensures that the close does not wait for the other end, since this may be a network connection.
void close_foreign(int descriptor)
{
    const linger none{.l_onoff = 0, .l_linger = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    ::close(descriptor);
}

// Returns false once nothing is left to receive.
bool receive_and_close(int socket)
{
    static constexpr std::size_t kMostDescriptors = 253; // SCM_MAX_FD of unix(7)
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control;
    std::array<char, 65536> buffer;
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0)
        return false;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        for (std::size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
            int descriptor = -1;
            std::memcpy(&descriptor, reinterpret_cast<const char*>(header) + at, sizeof descriptor);
            close_foreign(descriptor);
        }
    }
    return true;
}

class Closer {
    using Clock = std::chrono::steady_clock;

  public:
    void take(base::UniqueFd descriptor, bool foreign)
    {
        const std::scoped_lock lock(mutex_);
        const auto now = Clock::now();
        waiting_.push_back({.descriptor = std::move(descriptor), .foreign = foreign, .since = now});
        came_.notify_one();
        if (threads_ == kMostThreads || (threads_ > 0 && now < waiting_.front().since + kPatience))
            return;
        try {
            std::thread([this] { work(); }).detach();
            ++threads_;
        } catch (const std::system_error&) {
            return; // no thread can be started now; the next socket that is closed tries again
        }
    }

  private:
    struct Waiting {
        base::UniqueFd descriptor;
        bool foreign = false; // not a connection of ours
        Clock::time_point since;
    };

    void work()
    {
        while (auto waiting = next()) {
            if (waiting->foreign)
                close_foreign(waiting->descriptor.release());
            while (!waiting->foreign && receive_and_close(waiting->descriptor.value()))
                continue;
        }
    }

    // Returns nothing when the thread has to end.
    std::optional<Waiting> next()
    {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, kLingering, [this] { return !waiting_.empty(); });
        if (waiting_.empty()) {
            --threads_;
            return std::nullopt;
        }
        std::optional<Waiting> first = std::move(waiting_.front());
        waiting_.pop_front();
        return first;
    }

    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<Waiting> waiting_;
    std::size_t threads_ = 0;
};

// Never destroyed: a thread may still hang after main() has returned.
Closer& closer()
{
    static Closer* const one = new Closer; // NOLINT(cppcoreguidelines-owning-memory)
    return *one;
}

} // namespace

void close_without_waiting(base::UniqueFd socket)
{
    // After this nothing more arrives, so a socket that is empty stays empty.
    ::shutdown(socket.value(), SHUT_RDWR);
    int unread = 0;
    if (::ioctl(socket.value(), FIONREAD, &unread) != 0 || unread > 0)
        closer().take(std::move(socket), false);
}

void close_foreign_without_waiting(base::UniqueFd descriptor)
{
    closer().take(std::move(descriptor), true);
}

} // namespace sceau::ipc
