#include "preview/program/notes.h"

#include "base/display_text.h"

#include <algorithm>

namespace sceau::preview::program {

namespace {

constexpr std::size_t kShortColumns = 250; // of at most 4 bytes each
constexpr std::size_t kNotesOfAKind = 20;
static_assert(kShortColumns * 4 + 3 <= kNameLimit);
static_assert(kNotesOfAKind < kFoundLimit);

} // namespace

std::string short_text(std::string_view text)
{
    std::string shown = base::shown(text, kShortColumns);
    const auto begin = std::min(shown.find_first_not_of(' '), shown.size());
    return shown.substr(begin, shown.find_last_not_of(' ') + 1 - begin);
}

void note(Summary& summary, const Note& found)
{
    const Note note{.what = found.what, .value = short_text(found.value), .other = short_text(found.other)};
    const auto of_the_kind = std::ranges::count(summary.notes, note.what, &Note::what);
    const bool has_room = summary.notes.size() + kNoted.size() < kFoundLimit || of_the_kind == 0;
    if (has_room && of_the_kind < static_cast<std::ptrdiff_t>(kNotesOfAKind) &&
        std::ranges::find(summary.notes, note) == summary.notes.end())
        summary.notes.push_back(note);
}

void add_found(std::vector<std::string>& to, const std::vector<std::string>& found)
{
    for (const std::string& one : found) {
        std::string text = short_text(one);
        if (to.size() < kFoundLimit && std::ranges::find(to, text) == to.end())
            to.push_back(std::move(text));
    }
}

void refuse(Summary& summary, Reason reason, std::string_view field)
{
    if (!summary.refusal)
        summary.refusal = Refusal{.reason = reason, .field = std::string(field)};
}

} // namespace sceau::preview::program
