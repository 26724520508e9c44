// What a child and its starter talk over (child.h): the two ends of a SOCK_SEQPACKET pair, one packet a message. A
// secret is a packet of its own, written from a Secret and read into one. Whatever fails here is `io`: the other side
// is gone, or might as well be. The agent's side never blocks, the child's does.
#pragma once

#include "base/secret.h"
#include "base/unique_fd.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::base {

/// Where a program of ours finds its end.
inline constexpr int kChannelFd = 3;

inline constexpr std::size_t kPacketLimit = 65536; // bytes

struct ChannelEnds {
    UniqueFd ours;
    UniqueFd theirs; // for Program::descriptors
};

/// `internal` where there are none to be had.
Result<ChannelEnds> open_channel();

enum class Wait { no, yes };

/// At most kPacketLimit bytes. `io` when the other side is gone, or (Wait::no) does not read.
Result<> send_packet(int channel, std::string_view packet, Wait wait);

/// The next packet; empty at the other side's end (nobody sends an empty one), none when none has come yet (Wait::no).
/// `io` on failure and on a packet over kPacketLimit. Descriptors that come with it are closed.
Result<std::optional<std::string>> receive_packet(int channel, Wait wait);

/// An empty secret is a packet too. Does not wait.
Result<> send_secret(int channel, const Secret& secret);

/// Waits for the secret. None when the other side has closed its end: it gave up.
Result<std::optional<Secret>> receive_secret(int channel);

} // namespace sceau::base
