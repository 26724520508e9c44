// Packets between PrivatePcscd and its sandbox: a line of text, and at times a descriptor (SCM_RIGHTS).
#pragma once

#include "base/unique_fd.h"

#include <optional>
#include <string>

namespace sceau::test {

struct Packet {
    std::string text;
    base::UniqueFd descriptor;
};

/// On a SOCK_SEQPACKET socket; 1023 bytes at most. A negative descriptor is none.
void send_packet(int socket, const std::string& text, int descriptor = -1);
/// Blocks; none once the other end has closed.
std::optional<Packet> receive_packet(int socket);

} // namespace sceau::test
