// Packets between PrivatePcscd and its sandbox: a line of text, sometimes with a descriptor (SCM_RIGHTS).
#pragma once

#include "base/unique_fd.h"

#include <optional>
#include <string>

namespace sceau::test {

struct Packet {
    std::string text;
    base::UniqueFd descriptor;
};

/// Sends at most 1023 bytes on a SOCK_SEQPACKET socket. A negative descriptor means none.
void send_packet(int socket, const std::string& text, int descriptor = -1);
/// Blocks; returns nothing once the other end has closed.
std::optional<Packet> receive_packet(int socket);

} // namespace sceau::test
