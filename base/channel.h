// The connection between a child (child.h) and the program that started it: the two ends of a SOCK_SEQPACKET pair, with
// one message in each packet. A secret is a packet of its own, written from a Secret and read into one. Every failure
// here is `io`: the other side is gone or as good as gone. The agent's side never blocks, the child's side does.
#pragma once

#include "base/secret.h"
#include "base/unique_fd.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sceau::base {

/// The descriptor under which a child program has its end.
inline constexpr int kChannelFd = 3;

inline constexpr std::size_t kPacketLimit = 65536; // bytes

struct ChannelEnds {
    UniqueFd ours;
    UniqueFd theirs; // to be passed in Program::descriptors
};

/// Fails with `internal` if no socket pair can be made.
Result<ChannelEnds> open_channel();

/// Returns a descriptor that is readable when one of these is: the channel's, and the child's end. Fails with
/// `internal`.
Result<UniqueFd> readable_when_any(std::initializer_list<int> descriptors);

enum class Wait { no, yes };

/// Sends at most kPacketLimit bytes. Fails with `io` if the other side is gone or, with Wait::no, does not read.
Result<> send_packet(int channel, std::string_view packet, Wait wait);

/// Returns the next packet. It is empty if the other side has closed its end (nobody sends an empty packet), and there
/// is none if none has arrived yet (Wait::no). Fails with `io` on an error and for a packet over kPacketLimit.
/// Descriptors that arrive with a packet are closed.
Result<std::optional<std::string>> receive_packet(int channel, Wait wait);

/// Does not wait. An empty secret is sent as a packet too.
Result<> send_secret(int channel, const Secret& secret);

/// Waits for the secret. Returns nothing if the other side closed its end, which means that it gave up.
Result<std::optional<Secret>> receive_secret(int channel);

} // namespace sceau::base
