// Identifies the other end of a connection. Only the uid is reliable enough to decide anything. All else is a hint, to
// be shown as a claim and at most to tighten a policy: a process can connect and then execute another program, or pass
// its connection on.
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
    pid_t pid = 0; // 0: the peer is in a pid namespace that we cannot see, and nothing below is known

    // Hints, read once from /proc when the client connects. They are empty if they cannot be read.
    std::uint64_t start_time = 0;     // in clock ticks since boot: tells a process from a later one with the same pid
    std::string executable;           // "/usr/bin/thunderbird", even after a newer file replaced that one
    std::string name;                 // "thunderbird", as the process calls itself
    bool of_system = false;           // only root can have written the executable
    std::vector<std::string> parents; // names of the parent's, its parent's … program, 4 at most
    // The files of these programs, "/usr/bin/bash"; empty if anyone but root may have written the file.
    std::vector<std::string> parent_executables = {};
    std::string unit; // the systemd unit: "app-flatpak-org.mozilla.Thunderbird-2271.scope"

    std::weak_ptr<const void> connection; // distinguishes this connection from every other, and expires with it
};

/// Identifies the peer of a connected Unix socket. uid and pid are those at connect() (SO_PEERCRED). Fails with `io` if
/// the kernel does not report them.
base::Result<Peer> peer_of(int socket);

/// Whether the peer has closed both directions, so that nobody reads a reply any more. A peer that has only closed its
/// sending side waits for its replies.
bool has_hung_up(int socket);

/// Whether this process is an ancestor of the peer. Answering such a peer could mean waiting for itself.
bool is_descendant(const Peer& peer);

/// Whether `tty` is a terminal that the peer's uid owns and that is the peer's controlling terminal now. Only then may
/// pinentry open there; otherwise a caller could have a prompt shown on another person's terminal.
bool controls_terminal(const Peer& peer, const std::string& tty);

/// Whether `tty` is the peer's controlling terminal but another uid owns it, as in a shell of su(1).
bool is_others_terminal(const Peer& peer, const std::string& tty);

} // namespace sceau::ipc
