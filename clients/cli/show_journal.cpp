#include "base/chain_check.h"
#include "base/codec.h"
#include "base/display_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/journal_source.h"
#include "clients/cli/json.h"
#include "clients/cli/layout.h"
#include "clients/words/reason.h"
#include "ipc/messages.h"
#include "mail/cms/certificate.h"

#include <sysexits.h>

#include <algorithm>

namespace sceau::cli {

using ipc::JournalEntry;

namespace {

constexpr std::size_t kColumnsOfText = 40;
constexpr std::size_t kMostNames = 2;
constexpr std::size_t kReasonColumns = 80;

struct Found {
    std::vector<JournalEntry> entries;
    std::size_t unreadable = 0;
};

bool is_wanted(const JournalEntry& entry, const ShowJournal& command)
{
    if (command.since && parse_moment(entry.time).value_or(Moment::max()) < *command.since)
        return false;
    return command.to.empty() || std::ranges::any_of(recipients(entry), [&](const std::string& each) {
               return mail::cms::same_address(each, command.to);
           });
}

base::Result<Found> search(const std::filesystem::path& file, const ShowJournal& command)
{
    base::ChainReader reader(base::files_of_chain(file));
    Found found;
    while (true) {
        TRY_ASSIGN(const auto line, reader.next());
        if (!line)
            return found;
        auto entry = ipc::decode_entry(line->text);
        if (!entry)
            ++found.unreadable;
        else if (is_wanted(*entry, command))
            found.entries.push_back(*std::move(entry));
    }
}

std::string what(const JournalEntry& entry, const Console& console)
{
    if (entry.kind == ipc::EntryKind::healed || !entry.operation)
        return console.phrase("interruption");
    switch (*entry.operation) {
    case ipc::KeyOperation::sign:
        return console.phrase("signature");
    case ipc::KeyOperation::decrypt:
        return console.phrase("decryption");
    case ipc::KeyOperation::derive:
        break;
    }
    return console.phrase("key agreement");
}

std::size_t left_out_recipients(const JournalEntry& entry)
{
    std::size_t count = 0;
    for (const ipc::LeftOut& each : entry.left_out.value_or(std::vector<ipc::LeftOut>()))
        if (each.name == ipc::FieldName::to || each.name == ipc::FieldName::cc || each.name == ipc::FieldName::bcc)
            count += static_cast<std::size_t>(std::max(each.count, 0));
    return count;
}

std::string to_whom(const JournalEntry& entry, const Console& console)
{
    if (entry.shown && entry.shown->level == ipc::Level::unseen)
        // Translators: The content of what was signed, which nobody could see.
        return console.phrase("not seen");
    const auto all = recipients(entry);
    std::string text;
    for (std::size_t i = 0; i < all.size() && i < kMostNames; ++i)
        text += (i == 0 ? "" : ", ") + base::shown(all[i], kColumnsOfText);
    const std::size_t more = all.size() - std::min(all.size(), kMostNames) + left_out_recipients(entry);
    return more == 0 ? text : fmt::format("{} +{}", text, more);
}

std::string subject(const JournalEntry& entry)
{
    if (!entry.shown)
        return {};
    const auto field = std::ranges::find(entry.shown->lines, ipc::FieldName::subject, &ipc::ShownField::name);
    return field == entry.shown->lines.end() ? "" : base::shown(field->value, kColumnsOfText);
}

std::string reason(const JournalEntry& entry, const Console& console)
{
    const std::string english = base::shown(entry.reason.value_or(entry.error.value_or("")), kReasonColumns);
    return words::reason_in(console.language, english).value_or(english);
}

Cell outcome(const JournalEntry& entry, const Console& console)
{
    using enum ipc::RequestOutcome;
    if (entry.kind == ipc::EntryKind::healed)
        return {console.counted(entry.torn_bytes.value_or(0), "{} byte was torn", "{} bytes were torn"),
                Colour::caution};
    switch (entry.outcome.value_or(failed)) {
    case done:
        return {console.phrase("done"), Colour::good};
    case refused:
        return {console.phrase("refused: {}", reason(entry, console)), Colour::bad};
    case cancelled:
        return {console.phrase("cancelled"), Colour::caution};
    case failed:
        break;
    }
    return {console.phrase("failed: {}", reason(entry, console)), Colour::bad};
}

std::vector<Cell> row(const JournalEntry& entry, const Console& console)
{
    const auto moment = parse_moment(entry.time);
    Cell end = outcome(entry, console);
    if (entry.times)
        end.text += " " + console.counted(*entry.times, "({} more time)", "({} more times)");
    return {{moment ? shown_time(*moment, console.language) : base::shown(entry.time, kColumnsOfText)},
            {what(entry, console)},
            {to_whom(entry, console)},
            {subject(entry)},
            {base::shown(std::filesystem::path(entry.program.value_or("")).filename().string(), kColumnsOfText)},
            std::move(end)};
}

std::string table_of(const std::vector<JournalEntry>& entries, const Console& console)
{
    if (entries.empty())
        return console.phrase("The journal has nothing of that kind.\n");
    std::vector<std::vector<Cell>> rows = {{{console.phrase("TIME")},
                                            {console.phrase("WHAT")},
                                            // Translators: The recipients of what was signed, a column's name.
                                            {console.phrase("TO")},
                                            {console.phrase("SUBJECT")},
                                            {console.phrase("PROGRAM")},
                                            {console.phrase("OUTCOME")}}};
    for (const JournalEntry& entry : entries)
        rows.push_back(row(entry, console));
    return table(rows, console);
}

} // namespace

Outcome<int> run(const ShowJournal& command, const Console& console)
{
    const std::filesystem::path file = journal_file(command.file);
    TRY_ASSIGN(Found found, search(file, command));
    const std::size_t unreadable = found.unreadable;
    TRY(console.print(command.json ? text_of(base::encode(ipc::ReadJournal::Reply{.entries = std::move(found.entries),
                                                                                  .path = file.string()}))
                                   : table_of(found.entries, console)));
    if (unreadable > 0)
        console.tell(console.counted(unreadable, "sceau: {} line of the journal cannot be read.",
                                     "sceau: {} lines of the journal cannot be read.") +
                     "\n       " + console.phrase("See where: sceau journal verify") + "\n");
    return EX_OK;
}

} // namespace sceau::cli
