// The SOCK_SEQPACKET pair between the agent and a worker: one packet a message. The PIN is a packet of its own, written
// from a Secret and read into one. Whatever fails here is `token_failed`: to the agent a worker that is gone. The
// agent's side never blocks, the worker's does.
#pragma once

#include "base/secret.h"
#include "pkcs11/message.h"

namespace sceau::pkcs11 {

/// Where a worker finds its end.
inline constexpr int kChannelFd = 3;

enum class Wait { no, yes };

/// At most kPacketLimit bytes. `token_failed` when the other side is gone, or (Wait::no) does not read.
base::Result<> send_packet(int channel, std::string_view packet, Wait wait);

/// The next packet; empty at the other side's end (nobody sends an empty one), none when none has come yet (Wait::no).
/// `token_failed` on failure and on a packet over kPacketLimit.
base::Result<std::optional<std::string>> receive_packet(int channel, Wait wait);

/// An empty PIN is a packet too. Does not wait.
base::Result<> send_pin(int channel, const base::Secret& pin);

/// Waits for the PIN. None when the agent has closed its end: it gave up.
base::Result<std::optional<base::Secret>> receive_pin(int channel);

} // namespace sceau::pkcs11
