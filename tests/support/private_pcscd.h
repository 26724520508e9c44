// The real pcscd for one test, with virtual cards in its readers: in a mount and a network namespace of its own, so
// that it touches neither the machine's pcscd nor its network, and only the test's programs find it.
//
//     VirtualCard card;
//     PrivatePcscd pcscd({&card});
//     Worker::start(pcscd.opensc_module(), …)
//
// The two cards that vpcd has room for are readers "Virtual reader 00 00" and "Virtual reader 00 01". What fails in the
// set-up throws std::runtime_error. All of it ends when the thread that made it ends, or the process, in whatever way.
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

    /// Returns when the daemon serves and shows each card that is inserted.
    explicit PrivatePcscd(std::vector<VirtualCard*> cards, Start start = Start::now);
    PrivatePcscd(const PrivatePcscd&) = delete;
    PrivatePcscd& operator=(const PrivatePcscd&) = delete;
    ~PrivatePcscd();

    /// The daemon alone; socket path and readers are the same ones after each start.
    void start();
    /// Returns when it is dead.
    void stop(int signal = SIGKILL);
    /// -1 while it is stopped.
    pid_t pid() const { return daemon_; }

    /// Wait for what PC/SC says of the card's reader. std::runtime_error after a minute.
    void wait_until_present(const VirtualCard& card);
    void wait_until_absent(const VirtualCard& card);

    std::string reader(const VirtualCard& card) const;
    /// PCSCLITE_CSOCK_NAME.
    std::map<std::string, std::string> environment() const;
    pkcs11::Module opensc_module() const;
    /// With pcscd.comm, the socket, and pcscd.log.
    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    std::string order(const std::string& text) const;
    base::UniqueFd connect(int port) const;
    void start_sandbox();
    void stop_sandbox();

    TemporaryFolder folder_;
    std::vector<VirtualCard*> cards_;
    pid_t sandbox_ = -1;
    pid_t daemon_ = -1;
    mutable std::mutex orders_mutex_;
    mutable std::mutex connections_mutex_;
    base::UniqueFd orders_;
    base::UniqueFd connections_;
};

} // namespace sceau::test
