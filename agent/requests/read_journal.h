// ReadJournal: the journal's entries, for programs that show them.
#pragma once

#include "agent/journal/journal.h"
#include "ipc/server.h"

namespace sceau::agent {

/// Fails with `invalid_parameter` for a time that is none. Lines of the file that are no entries are passed over: to
/// find them is what verification is for.
asio::awaitable<base::Result<ipc::Reply>> read_journal(Journal& journal, const ipc::ReadJournal::Parameters& wanted,
                                                       ipc::ReplyStream& stream);

} // namespace sceau::agent
