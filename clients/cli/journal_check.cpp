#include "clients/cli/journal_check.h"

#include <algorithm>
#include <map>
#include <set>

namespace sceau::cli {

namespace {

struct PlacedHead {
    std::string sha256;
    std::filesystem::path file;
    std::size_t line = 0;
};

} // namespace

base::Result<JournalCheck> check_journal(const std::filesystem::path& file,
                                         const std::optional<std::vector<base::ChainHead>>& heads)
{
    std::set<unsigned> told;
    for (const base::ChainHead& head : heads.value_or(std::vector<base::ChainHead>()))
        told.insert(head.number);
    std::map<unsigned, PlacedHead> found; // of the entries that were told
    const auto note = [&](const base::StoredLine& line, const base::ChainHead& head) {
        if (told.contains(head.number))
            found[head.number] = {.sha256 = head.sha256, .file = line.file, .line = line.line};
    };
    JournalCheck check;
    TRY_ASSIGN(check.chain, base::follow_chain(file, note));
    if (!heads)
        return check;
    check.heads = heads->size();
    for (const base::ChainHead& head : *heads) {
        const auto entry = found.find(head.number);
        const bool is_first = !check.rewritten || head.number < check.rewritten->number;
        if (entry != found.end() && entry->second.sha256 != head.sha256 && is_first)
            check.rewritten = {.file = entry->second.file, .line = entry->second.line, .number = head.number};
    }
    if (!check.chain.broken && !told.empty() && *told.rbegin() > check.chain.head.number)
        check.last_told = *told.rbegin();
    return check;
}

} // namespace sceau::cli
