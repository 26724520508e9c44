// The real pcscd for one test, with virtual tokens plugged in. It runs in its own mount and network namespaces, so that
// it touches neither the machine's pcscd nor its network and readers, and only the test's programs find it.
//
//     VirtualCard card;
//     PrivatePcscd pcscd({&card});
//     Worker::start(pcscd.opensc_module(), …)
//
// Each card is in its own USB reader, as in a token. The card can be pulled out of the reader (VirtualCard::remove),
// and the reader can be unplugged with the card in it. Failures in the set-up throw std::runtime_error. Everything ends
// when the thread that made it ends, or the process, in whatever way. Only one thread may call its functions at a time.
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

    /// Starts with every token plugged in, at most 9. Returns when the daemon serves and shows each card that is
    /// inserted.
    explicit PrivatePcscd(std::vector<VirtualCard*> cards, Start start = Start::now,
                          std::string reader_name = "Virtual token");
    PrivatePcscd(const PrivatePcscd&) = delete;
    PrivatePcscd& operator=(const PrivatePcscd&) = delete;
    ~PrivatePcscd();

    /// Starts only the daemon. The socket's path is the same after each start.
    void start();
    /// Returns when the daemon is dead.
    void stop(int signal = SIGKILL);
    /// -1 while the daemon is stopped.
    pid_t pid() const { return daemon_; }

    /// Plugs or unplugs the reader with its card. Returns when PC/SC reports it. This also works while the daemon is
    /// stopped; the daemon notices when it starts. A command under way when the token is unplugged gets no answer.
    void plug(VirtualCard& card);
    void unplug(VirtualCard& card);

    /// Waits until PC/SC reports the card's state after VirtualCard::insert or remove. Throws std::runtime_error after
    /// a minute.
    void wait_until_present(const VirtualCard& card) const;
    void wait_until_absent(const VirtualCard& card) const;

    /// Returns PC/SC's current name for the reader: "Virtual token 00 00". As with real readers, another token gets the
    /// name when this one is gone.
    std::string reader(const VirtualCard& card) const;
    std::map<std::string, std::string> environment() const;
    pkcs11::Module opensc_module() const;
    /// The folder with the socket pcscd.comm and with pcscd.log.
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
