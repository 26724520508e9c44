// The real pcscd for one test, with virtual tokens plugged in: in a mount and a network namespace of its own, so that
// it touches neither the machine's pcscd nor its network and readers, and only the test's programs find it.
//
//     VirtualCard card;
//     PrivatePcscd pcscd({&card});
//     Worker::start(pcscd.opensc_module(), …)
//
// Each card is in a USB reader of its own, as in a token: it can be pulled out of the reader (VirtualCard::remove), and
// the reader be unplugged with the card in it. What fails in the set-up throws std::runtime_error. All of it ends when
// the thread that made it ends, or the process, in whatever way. Its functions are for one thread at a time.
#pragma once

#include "base/unique_fd.h"
#include "pkcs11/worker.h"
#include "tests/support/temporary_folder.h"
#include "tests/virtual-token/virtual_card.h"

#include <sys/types.h>

#include <csignal>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace sceau::test {

inline constexpr const char* kOpenscModule = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

class PrivatePcscd {
  public:
    enum class Start { now, later };

    /// With every token plugged in; 9 at most. Returns when the daemon serves and shows each card that is inserted.
    explicit PrivatePcscd(std::vector<VirtualCard*> cards, Start start = Start::now,
                          std::string reader_name = "Virtual token");
    PrivatePcscd(const PrivatePcscd&) = delete;
    PrivatePcscd& operator=(const PrivatePcscd&) = delete;
    ~PrivatePcscd();

    /// The daemon alone. The socket's path is the same after each start.
    void start();
    /// Returns when it is dead.
    void stop(int signal = SIGKILL);
    /// -1 while it is stopped.
    pid_t pid() const { return daemon_; }

    /// The reader with its card. Both return when PC/SC says so; also while the daemon is stopped, which then finds out
    /// when it starts. A command under way when the token is unplugged gets no answer.
    void plug(VirtualCard& card);
    void unplug(VirtualCard& card);

    /// Wait for what PC/SC says of the card, after VirtualCard::insert and remove. std::runtime_error after a minute.
    void wait_until_present(const VirtualCard& card) const;
    void wait_until_absent(const VirtualCard& card) const;

    /// As PC/SC names it now: "Virtual token 00 00". As with real ones, another token gets the name when this one is
    /// gone.
    std::string reader(const VirtualCard& card) const;
    std::map<std::string, std::string> environment() const;
    pkcs11::Module opensc_module() const;
    /// With pcscd.comm, the socket, and pcscd.log.
    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    void write_driver() const;
    void start_sandbox();
    void stop_sandbox();
    std::string order(const std::string& text) const;
    base::UniqueFd connect(int port) const;
    void attach(VirtualCard& card);
    int place(const VirtualCard& card) const; // on the USB bus
    std::filesystem::path unplugged_file(const VirtualCard& card) const;
    bool is_unplugged(const VirtualCard& card) const;

    TemporaryFolder folder_;
    std::vector<VirtualCard*> cards_;
    std::string reader_name_;
    pid_t sandbox_ = -1;
    pid_t daemon_ = -1;
    mutable std::mutex orders_mutex_;
    mutable std::mutex connections_mutex_;
    base::UniqueFd orders_;
    base::UniqueFd connections_;
};

} // namespace sceau::test
