// Who is at the other end of a connection. Only the uid is a fact to decide by. All else is a hint, to be shown as a
// claim and at most to tighten a policy: a process can connect and then run another program, or hand its connection on.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sceau::ipc {

struct Peer {
    uid_t uid = static_cast<uid_t>(-1);
    pid_t pid = 0; // 0: in a pid namespace that we do not see, and then nothing below is known

    // Hints, read from /proc once, at the time of connecting. Empty where they cannot be read.
    std::uint64_t start_time = 0;     // in clock ticks since boot: tells this process from a later one of the same pid
    std::string executable;           // "/usr/bin/thunderbird", also once that file was replaced by a newer one
    std::string name;                 // "thunderbird", as the process calls itself
    bool of_system = false;           // only root can have written the executable
    std::vector<std::string> parents; // names of the parent's, its parent's … program, 4 at most
    // The files of the same, "/usr/bin/bash"; empty where others than root can have written one.
    std::vector<std::string> parent_executables = {};
    std::string unit; // the systemd unit: "app-flatpak-org.mozilla.Thunderbird-2271.scope"

    std::weak_ptr<const void> connection; // tells this connection from every other; expires with it
};

/// Of a connected Unix socket. uid and pid are those at connect() (SO_PEERCRED); `io` where the kernel does not tell.
base::Result<Peer> peer_of(int socket);

/// Whether the peer has closed both directions: nobody reads a reply any more. One that has only ended its own sending
/// waits for its replies.
bool has_hung_up(int socket);

/// Whether this process started the peer, or started what did. Such a peer must not be waited for by what it asks.
bool is_descendant(const Peer& peer);

/// Whether `tty` is a terminal that the peer's uid owns and that is the peer's controlling terminal now. Only then may
/// pinentry be sent there: another's terminal could be made to show a prompt.
bool controls_terminal(const Peer& peer, const std::string& tty);

/// Whether `tty` is the peer's controlling terminal and another uid owns it, as it is in a shell of su(1).
bool is_others_terminal(const Peer& peer, const std::string& tty);

} // namespace sceau::ipc
