// Whom mails were signed to before, according to the journal. The dialog marks a recipient who was never written to.
#pragma once

#include "base/result.h"
#include "ipc/journal.h"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace sceau::agent {

class Correspondents {
  public:
    explicit Correspondents(std::filesystem::path journal) : journal_(std::move(journal)) {}

    /// Reads the end of the journal, its last two files, when it is first called; other requests go on meanwhile. What
    /// cannot be read tells of nobody. Fails with `cancelled` when the client goes; the next call begins anew.
    asio::awaitable<base::Result<>> learn();

    /// Takes note of an entry that was just recorded.
    void note(const ipc::JournalEntry& entry);

    /// Adds Mark::first_time to each recipient of a mail to whom none was signed before.
    void mark_new(ipc::Shown& mail) const;

  private:
    std::filesystem::path journal_;
    std::set<std::string, std::less<>> known_;
    bool has_learnt_ = false;
};

} // namespace sceau::agent
