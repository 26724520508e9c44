// A server with a scripted handler, and clients that may break every rule.
#pragma once

#include "base/unique_fd.h"
#include "ipc/server.h"
#include "tests/support/temporary_folder.h"

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace sceau::ipc::test {

using Folder = sceau::test::TemporaryFolder;

/// What the handler does, by request:
/// ListTokens: answers one token, whose label is "token".
/// ListKeys: waits until `released` and answers no keys, or until it is cancelled and answers `cancelled`. With the
///   email "throw" it throws when cancelled. With an email that is a number, it sends, twice, a key of that many
///   kilobytes.
/// Sign: checks the digest's length, sends the progress `pin`, and answers the digest as the signature.
/// Watch: sends progress until the caller goes, each time with a token whose label is 64 KiB long.
class Script {
  public:
    Handler handler();
    std::atomic<bool> released = false;
    /// Calls of ListKeys that wait now, and calls that were cancelled.
    std::atomic<int> waiting = 0;
    std::atomic<int> cancelled = 0;
    std::atomic<int> handled = 0;
    std::atomic<int> sent = 0; // replies to Watch
};

class RunningServer {
  public:
    explicit RunningServer(Limits limits = {});
    explicit RunningServer(Handler handler, Limits limits = {});
    ~RunningServer();

    const std::filesystem::path& socket() const { return socket_; }
    Script& script() { return script_; }
    /// Returns when run() has returned.
    void stop();

  private:
    void start(Handler handler, Limits limits);

    Folder folder_;
    std::filesystem::path socket_;
    Script script_;
    struct Loop;
    std::unique_ptr<Loop> loop_;
    std::thread thread_;
};

/// Each wait gives up after a minute, so that a failing test ends.
class RawClient {
  public:
    explicit RawClient(const std::filesystem::path& socket);
    explicit RawClient(base::UniqueFd connected) : fd_(std::move(connected)) {}

    bool connected() const { return static_cast<bool>(fd_); }
    int fd() const { return fd_.value(); }
    /// Returns false when the server has closed.
    bool send(std::string_view bytes);
    /// Sends the text followed by a NUL.
    bool send_frame(std::string_view text) { return send(std::string(text) + '\0'); }
    void send_with_descriptor(std::string_view bytes, int descriptor);
    /// Returns a frame without its NUL, or nothing when the server has closed.
    std::optional<std::string> receive_frame();
    std::string call(std::string_view text);
    /// Returns true when the server closes without sending anything, false when the connection stays open.
    bool closed_by_server();
    void shut_down_sending();
    void close() { fd_.reset(); }

  private:
    base::UniqueFd fd_;
    std::string buffer_;
};

/// Waits for something that another thread causes. Returns false after a minute.
template <class Condition>
bool eventually(Condition condition)
{
    for (int i = 0; i < 60000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

inline constexpr const char* kListTokens = R"({"method":"org.sceau.Agent.ListTokens"})";
inline constexpr const char* kWait = R"({"method":"org.sceau.Agent.ListKeys"})";

/// Returns the name of the error that the frame carries, "none" where it carries a reply, "closed" where there is none.
std::string error_name(const std::optional<std::string>& frame);

/// Whether a new client's call is answered.
bool is_served(RunningServer& server);

} // namespace sceau::ipc::test
