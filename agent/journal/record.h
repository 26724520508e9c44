// Makes the journal's entry of a request.
#pragma once

#include "agent/journal/account.h"
#include "ipc/journal.h"
#include "ipc/messages.h"
#include "ipc/peer.h"

namespace sceau::agent {

/// Whether the request uses a key, so that it belongs in the journal.
bool uses_key(const ipc::Request& request);

/// Returns the entry without number, previous and time. It takes at most kLongestRecord bytes in the file: longer texts
/// are cut, with a mark that says how many bytes are left out, and where there are too many fields, `left_out` counts
/// them by name.
ipc::JournalEntry entry_of(const ipc::Peer& peer, const ipc::Request& request, const Account& account,
                           const base::Result<ipc::Reply>& reply);

inline constexpr std::size_t kLongestRecord = std::size_t{64} << 10;

} // namespace sceau::agent
