// Stands between programs and pcscd and can hold a program at any of its PC/SC calls. It passes on each message of
// pcsc-lite 1.9.9 (src/winscard_msg.h) when the test agrees.
#pragma once

#include "base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace sceau::test {

struct PcscCall {
    pid_t pid;
    std::uint32_t command; // pcsc_msg_commands
    /// For example "BeginTransaction".
    std::string name() const;
};

class PcscProxy {
  public:
    enum class Verdict { pass_on, hang_up };
    /// Called on the connection's thread before the call is passed on; it may delay the call.
    using Judge = std::function<Verdict(const PcscCall&)>;

    /// Listens on this path for clients of pcscd's socket.
    PcscProxy(std::filesystem::path listen_on, std::filesystem::path pcscd, Judge judge);
    PcscProxy(const PcscProxy&) = delete;
    PcscProxy& operator=(const PcscProxy&) = delete;
    /// Hangs up on everyone.
    ~PcscProxy();

  private:
    void accept_clients();
    void serve(base::UniqueFd client);

    std::filesystem::path pcscd_;
    Judge judge_;
    base::UniqueFd stop_; // an eventfd that stays readable
    base::UniqueFd listener_;
    std::vector<std::thread> connections_;
    std::thread accepting_;
};

} // namespace sceau::test
