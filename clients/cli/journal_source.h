// Where the commands find the agent's journal, and the heads of it that the system's journal has.
#pragma once

#include "base/chain_link.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace sceau::cli {

/// Returns the file that was named, otherwise the agent's, or the default one if no agent answers.
std::filesystem::path journal_file(const std::filesystem::path& named);

/// Returns the heads that the agent of the file's owner told the system's journal (agent/journal/system_journal.h), in
/// the order in which they came; nothing if there is no system journal, or none of them can be read.
std::optional<std::vector<base::ChainHead>> heads_in_system_journal(const std::filesystem::path& journal);

} // namespace sceau::cli
