#include "agent/journal/correspondents.h"

#include "agent/wait.h"
#include "base/ascii.h"
#include "base/chain_check.h"
#include "mail/cms/address.h"

namespace sceau::agent {

using base::Result;

namespace {

constexpr std::size_t kFiles = 2;          // of the journal, the newest ones
constexpr std::size_t kLinesInARound = 64; // after which the agent looks after its other requests

/// The form in which two spellings of an address are the same (mail/cms/address.h); empty for what is not an address.
std::string name_of(std::string_view text)
{
    const auto address = mail::cms::parse_address(text);
    if (!address)
        return {};
    return (base::is_ascii(address->local) ? base::ascii_lower(address->local) : address->local) + "@" +
           address->domain;
}

} // namespace

asio::awaitable<Result<>> Correspondents::learn()
{
    if (has_learnt_)
        co_return Result<>{};
    auto files = base::files_of_chain(journal_);
    if (files.size() > kFiles)
        files.erase(files.begin(), files.end() - kFiles);
    base::ChainReader reader(std::move(files));
    for (std::size_t lines = 1;; ++lines) {
        if (lines % kLinesInARound == 0)
            CO_TRY(co_await let_others_run());
        const auto line = reader.next();
        if (!line || !*line)
            break;
        if (const auto entry = ipc::decode_entry((*line)->text))
            note(*entry);
    }
    has_learnt_ = true;
    co_return Result<>{};
}

void Correspondents::note(const ipc::JournalEntry& entry)
{
    if (entry.operation == ipc::KeyOperation::sign && entry.outcome == ipc::RequestOutcome::done)
        for (const std::string& recipient : ipc::recipients(entry))
            known_.insert(name_of(recipient));
}

void Correspondents::mark_new(ipc::Shown& mail) const
{
    for (ipc::ShownField& field : mail.lines)
        if (ipc::is_recipient(field.name) && field.address && !known_.contains(name_of(*field.address)))
            field.marks.push_back(ipc::Mark::first_time);
}

} // namespace sceau::agent
