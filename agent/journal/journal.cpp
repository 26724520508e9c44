#include "agent/journal/journal.h"

#include "agent/journal/record.h"
#include "agent/journal/system_journal.h"
#include "agent/log.h"
#include "base/moment.h"

#include <sys/statvfs.h>

namespace sceau::agent {

using base::Result;
using ipc::JournalEntry;

namespace {

std::string now()
{
    return base::rfc3339_with_milliseconds(std::chrono::system_clock::now());
}

std::unexpected<base::Error> journal_failure(const base::Error& error)
{
    return std::unexpected(base::journal_failed(error.message));
}

} // namespace

Journal::~Journal()
{
    if (const auto written = write_counted(); !written)
        log("{}", written.error().message);
}

Result<> Journal::ready()
{
    if (!lines_ || !lines_->is_in_place())
        TRY(open());
    struct statvfs disk{};
    if (::statvfs(path_.c_str(), &disk) != 0)
        return {};
    if ((disk.f_flag & ST_RDONLY) != 0)
        return std::unexpected(base::journal_failed("the journal " + path_.string() + " is on a read-only disk"));
    if (disk.f_blocks > 0 && disk.f_bavail * disk.f_frsize < kLongestRecord)
        return std::unexpected(base::journal_failed("the disk of the journal " + path_.string() + " is full"));
    return {};
}

std::optional<base::Bytes> Journal::head() const
{
    if (!lines_ || lines_->head().number == 0)
        return std::nullopt;
    auto hash = base::from_hex(lines_->head().sha256);
    return hash ? std::optional(*std::move(hash)) : std::nullopt;
}

Result<> Journal::open()
{
    lines_.reset(); // lets go of a file that was removed
    auto opened = base::ChainedLines::open(path_);
    if (!opened)
        return journal_failure(opened.error());
    lines_ = *std::move(opened);
    if (lines_->was_healed()) {
        log("the end of the journal {} was torn: it was healed, and entry {} says so", path_.string(),
            lines_->head().number);
        tell_system_journal(path_, lines_->head());
    }
    return {};
}

Result<> Journal::record(JournalEntry entry, Repetition repetition)
{
    entry.time = now();
    if (repetition == Repetition::counted && is_repetition(entry)) {
        repeated_->entry = std::move(entry);
        ++repeated_->times;
        return Clock::now() - repeated_->since < kLongestCount ? Result<>() : write_counted();
    }
    TRY(write_counted());
    repeated_.reset();
    TRY(append(entry));
    if (repetition == Repetition::counted)
        repeated_ = {.entry = std::move(entry), .since = Clock::now()};
    return {};
}

bool Journal::is_repetition(const JournalEntry& entry) const
{
    if (!repeated_)
        return false;
    JournalEntry last = repeated_->entry;
    last.time = entry.time;
    last.digest = entry.digest;
    last.pid = entry.pid;
    return last == entry;
}

Result<> Journal::write_counted()
{
    if (!repeated_ || repeated_->times == 0)
        return {};
    JournalEntry entry = repeated_->entry;
    entry.times = repeated_->times;
    entry.digest.reset(); // these may have differed
    entry.pid.reset();
    TRY(append(entry));
    repeated_->times = 0;
    repeated_->since = Clock::now();
    return {};
}

Result<> Journal::append(const JournalEntry& entry)
{
    if (!lines_ || !lines_->is_in_place())
        TRY(open());
    const auto head = lines_->append(encode_entry(entry));
    if (!head) {
        lines_.reset();
        return journal_failure(head.error());
    }
    tell_system_journal(path_, *head);
    return {};
}

} // namespace sceau::agent
