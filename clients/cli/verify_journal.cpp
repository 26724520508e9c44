#include "base/codec.h"
#include "base/display_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/journal_check.h"
#include "clients/cli/journal_source.h"
#include "clients/cli/json.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

constexpr int kBroken = 1;
constexpr std::size_t kJournalPathColumns = 200;

using nlohmann::ordered_json;

ordered_json json_of(const base::BrokenLink& link)
{
    return {{"file", link.file.string()}, {"line", link.line}, {"number", link.number}};
}

ordered_json json_of(const JournalCheck& check, const std::filesystem::path& file)
{
    ordered_json broken;
    if (check.chain.broken) {
        broken = json_of(*check.chain.broken);
        broken["fault"] = base::encode(check.chain.broken->fault);
    }
    return {{"whole", check.is_whole()},
            {"path", file.string()},
            {"files", check.chain.files},
            {"entries", check.chain.lines},
            {"healed", check.chain.healed},
            {"head", {{"number", check.chain.head.number}, {"sha256", check.chain.head.sha256}}},
            {"broken", broken},
            {"heads", check.heads ? ordered_json(*check.heads) : ordered_json()},
            {"cut_off_before", check.last_told ? ordered_json(*check.last_told) : ordered_json()},
            {"rewritten", check.rewritten ? json_of(*check.rewritten) : ordered_json()}};
}

std::string place(const base::BrokenLink& link, const Console& console)
{
    return console.phrase("{}, line {}", base::shown(link.file.string(), kJournalPathColumns), link.line);
}

std::string fault_text(base::ChainFault fault, const Console& console)
{
    switch (fault) {
    case base::ChainFault::edited:
        return console.phrase("this entry is not the one that was written");
    case base::ChainFault::removed:
        return console.phrase("entries were removed before this one");
    case base::ChainFault::reordered:
        return console.phrase("from here on, entries stand in another order");
    case base::ChainFault::duplicated:
        return console.phrase("this entry is there twice");
    case base::ChainFault::torn:
        break;
    }
    return console.phrase("this entry is torn, as after a power cut; the agent heals it at its next start");
}

std::string broken_text(const JournalCheck& check, const Console& console)
{
    std::string text;
    if (check.chain.broken)
        text += place(*check.chain.broken, console) + ": " + fault_text(check.chain.broken->fault, console) + ".\n";
    if (check.rewritten)
        text += place(*check.rewritten, console) + ": " +
                console.phrase("the system's journal was told another entry {}.", check.rewritten->number) + "\n";
    if (check.last_told)
        text +=
            console.phrase("The end is cut off: the system's journal knows of entry {}, and the last one here is {}.",
                           *check.last_told, check.chain.head.number) +
            "\n";
    return text;
}

std::string text_of(const JournalCheck& check, const std::filesystem::path& file, const Console& console)
{
    const std::string name = base::shown(file.string(), kJournalPathColumns);
    if (!check.is_whole())
        return console.painted(Colour::bad, console.phrase("BROKEN")) + ": " + name + "\n" +
               broken_text(check, console);
    std::string text = console.painted(Colour::good, console.phrase("WHOLE")) + ": " + name + "\n" +
                       console.counted(check.chain.lines, "{} entry.", "{} entries.") + "\n";
    if (check.chain.healed > 0)
        text += console.counted(check.chain.healed, "{} of them heals what was torn by a power cut or a crash.",
                                "{} of them heal what was torn by power cuts or crashes.") +
                "\n";
    if (check.heads)
        return text + console.phrase("They are those that the system's journal knows of.") + "\n";
    return text +
           console.phrase("The system's journal knows of none of them: entries missing at the end would not be seen.") +
           "\n";
}

} // namespace

Outcome<int> run(const VerifyJournal& command, const Console& console)
{
    const std::filesystem::path file = journal_file(command.file);
    const auto heads = heads_in_system_journal(file);
    TRY_ASSIGN(JournalCheck check, check_journal(file, heads));
    if (check.chain.broken && check.chain.broken->fault == base::ChainFault::torn) {
        TRY_ASSIGN(check, check_journal(file, heads)); // an agent may have been writing just then
    }
    TRY(console.print(command.json ? text_of(json_of(check, file)) : text_of(check, file, console)));
    return check.is_whole() ? EX_OK : kBroken;
}

} // namespace sceau::cli
