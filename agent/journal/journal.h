// The agent's journal: one entry for each request that uses a key, on the disk before the answer leaves. The file is a
// chain of lines (base/chained_lines.h), and each new head of it is told to the system's journal.
#pragma once

#include "agent/clock.h"
#include "base/chained_lines.h"
#include "ipc/journal.h"

namespace sceau::agent {

/// Whether the same entry in a row may be counted in place of being written again. That is for requests about which
/// nobody was asked, so that a program cannot fill the disk with them.
enum class Repetition { written, counted };

class Journal {
  public:
    explicit Journal(std::filesystem::path path) : path_(std::move(path)) {}
    /// Writes what was only counted so far.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// To be asked before a person is asked for a PIN. Fails with `journal_failed` if an entry could not be written
    /// now: the file cannot be opened, or the disk is full.
    base::Result<> ready();

    /// Writes the entry, which gets its number and its time. The first of several that are the same but for digest and
    /// pid is written at once, the others are counted; the count is written when something else comes, or with the
    /// first repetition after a minute. Fails with `journal_failed`.
    base::Result<> record(ipc::JournalEntry entry, Repetition repetition);

    /// Writes what was only counted so far. Fails with `journal_failed`.
    base::Result<> write_counted();

    const std::filesystem::path& path() const { return path_; }

    /// Returns the SHA-256 of the last line, or nothing while there is none.
    std::optional<base::Bytes> head() const;

  private:
    static constexpr std::chrono::minutes kLongestCount{1};

    struct Repeated {
        ipc::JournalEntry entry; // the last one
        Clock::time_point since; // when the count began
        int times = 0;
    };

    base::Result<> open();
    base::Result<> append(const ipc::JournalEntry& entry);
    bool is_repetition(const ipc::JournalEntry& entry) const;

    std::filesystem::path path_;
    std::optional<base::ChainedLines> lines_; // nothing until it can be written to
    std::optional<Repeated> repeated_;
};

} // namespace sceau::agent
