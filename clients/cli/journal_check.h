// Whether the agent's journal is what the agent wrote: its chain, and the heads that the system's journal has of it.
#pragma once

#include "base/chain_check.h"

namespace sceau::cli {

struct JournalCheck {
    base::ChainReport chain;
    std::optional<std::size_t>
        heads; // how many the system's journal has; nothing: none, so no end that is cut off is seen
    std::optional<unsigned> last_told;         // the number of the last head, if the journal ends before it
    std::optional<base::BrokenLink> rewritten; // the first entry that is another one than the system's journal was told

    bool is_whole() const { return !chain.broken && !last_told && !rewritten; }
};

/// Fails with `io` if a file cannot be read.
base::Result<JournalCheck> check_journal(const std::filesystem::path& file,
                                         const std::optional<std::vector<base::ChainHead>>& heads);

} // namespace sceau::cli
