#include "agent/requests/read_journal.h"

#include "agent/log.h"
#include "agent/wait.h"
#include "base/chain_check.h"
#include "base/moment.h"
#include "ipc/frame.h"
#include "mail/cms/certificate.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace sceau::agent {

using base::Result;

namespace {

constexpr std::size_t kRoomForEntries = ipc::kMaxFrameSize / 2;
constexpr std::size_t kLinesInARound = 64; // after which the agent looks after its other requests

// Passes over the files in which no entry has so large a number.
std::vector<std::filesystem::path> files_after(const std::filesystem::path& newest, int number)
{
    auto files = base::files_of_chain(newest);
    const auto begins_later = [&](const std::filesystem::path& file) {
        const auto first = base::ChainReader({file}).next();
        const auto link = first && *first ? base::read_link((*first)->text) : std::nullopt;
        return !link || std::cmp_greater(link->number, number);
    };
    while (files.size() > 1 && !begins_later(files[1]))
        files.erase(files.begin());
    return files;
}

} // namespace

// Not in the unnamed namespace: a coroutine keeps them in its frame, which g++ 12 takes for exported in a unity build.

struct JournalSearch {
    const ipc::ReadJournal::Parameters& wanted;
    std::optional<base::Moment> since;

    std::optional<ipc::JournalEntry> entry_in(std::string_view line) const
    {
        auto entry = ipc::decode_entry(line);
        return entry && is_wanted(*entry) ? std::optional(*std::move(entry)) : std::nullopt;
    }

    bool is_wanted(const ipc::JournalEntry& entry) const
    {
        if (wanted.after && entry.number <= *wanted.after)
            return false;
        if (since && base::parse_moment(entry.time).value_or(base::Moment::max()) < *since)
            return false;
        return !wanted.to || std::ranges::any_of(ipc::recipients(entry), [&](const std::string& each) {
            return mail::cms::same_address(each, *wanted.to);
        });
    }
};

/// The entries of one reply.
class JournalPage {
  public:
    explicit JournalPage(std::string path) : path_(std::move(path)) {}

    bool has_room_for(std::size_t size) const { return entries_.empty() || size_ + size <= kRoomForEntries; }
    void add(ipc::JournalEntry entry, std::size_t size)
    {
        entries_.push_back(std::move(entry));
        size_ += size;
    }

    /// Returns the page and begins the next one.
    ipc::ReadJournal::Reply turn(bool is_last)
    {
        ipc::ReadJournal::Reply reply{.entries = std::exchange(entries_, {}), .path = path_};
        if (!is_last)
            reply.next = reply.entries.back().number;
        size_ = 0;
        return reply;
    }

  private:
    std::string path_;
    std::vector<ipc::JournalEntry> entries_;
    std::size_t size_ = 0;
};

asio::awaitable<Result<ipc::Reply>> read_journal(Journal& journal, const ipc::ReadJournal::Parameters& wanted,
                                                 ipc::ReplyStream& stream)
{
    const JournalSearch search{.wanted = wanted,
                               .since = wanted.since ? base::parse_moment(*wanted.since) : std::nullopt};
    if (wanted.since && !search.since)
        co_return std::unexpected(base::invalid_parameter("since", "is not a time"));
    if (wanted.limit && *wanted.limit < 0)
        co_return std::unexpected(base::invalid_parameter("limit", "is less than 0"));
    if (const auto written = journal.write_counted(); !written)
        log("{}", written.error().message); // what was written before can still be read
    base::ChainReader reader(files_after(journal.path(), wanted.after.value_or(0)));
    JournalPage page(journal.path().string());
    int left = wanted.limit.value_or(std::numeric_limits<int>::max());
    for (std::size_t lines = 1; left > 0; ++lines) {
        if (lines % kLinesInARound == 0)
            CO_TRY(co_await let_others_run());
        CO_TRY_ASSIGN(const auto line, reader.next());
        if (!line)
            break;
        auto entry = search.entry_in(line->text);
        if (!entry)
            continue;
        if (!page.has_room_for(line->text.size())) {
            ipc::Reply whole = page.turn(false);
            if (!stream.more())
                co_return whole;
            CO_TRY(co_await stream.send(std::move(whole)));
        }
        page.add(*std::move(entry), line->text.size());
        --left;
    }
    co_return page.turn(true);
}

} // namespace sceau::agent
