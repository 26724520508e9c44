#include "agent/person/desktop_entry.h"

#include "base/display_text.h"

#include <algorithm>
#include <map>

namespace sceau::agent {

namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(kBlanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

using Group = std::map<std::string_view, std::string_view>;

Group main_group(std::string_view text)
{
    Group group;
    bool inside = false;
    for (const std::string_view line : parts_of(text, '\n')) {
        if (line.starts_with('['))
            inside = line == "[Desktop Entry]";
        const std::size_t equals = line.find('=');
        if (inside && !line.starts_with('#') && equals != std::string_view::npos)
            group.try_emplace(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
    }
    return group;
}

std::string value_of(const Group& group, std::string_view key)
{
    const auto found = group.find(key);
    return found == group.end() ? std::string() : std::string(found->second);
}

// Splits Exec into words. The specification defines the quoting: a backslash stands before a character that would
// otherwise end the quotation.
std::vector<std::string> words_of(std::string_view command)
{
    std::vector<std::string> words;
    bool quoted = false;
    bool begun = false;
    for (std::size_t i = 0; i < command.size(); ++i) {
        if (!quoted && kBlanks.find(command[i]) != std::string_view::npos) {
            begun = false;
            continue;
        }
        if (!begun)
            words.emplace_back();
        begun = true;
        if (command[i] == '"')
            quoted = !quoted;
        else if (command[i] == '\\' && i + 1 < command.size())
            words.back() += command[++i];
        else
            words.back() += command[i];
    }
    return words;
}

} // namespace

std::optional<DesktopEntry> read_desktop_entry(std::string_view text, base::Language language)
{
    const Group group = main_group(text);
    const std::vector<std::string> words = words_of(value_of(group, "Exec"));
    DesktopEntry entry{.name = value_of(group, "Name[" + std::string(language.code()) + "]")};
    if (base::shows_nothing(entry.name))
        entry.name = value_of(group, "Name");
    if (value_of(group, "Type") != "Application" || base::shows_nothing(entry.name) || words.empty() ||
        words.front().empty())
        return std::nullopt;
    const auto is_option = [](const std::string& word) { return word.starts_with('-') || word.starts_with('%'); };
    if (!std::all_of(words.begin() + 1, words.end(), is_option))
        return std::nullopt;
    entry.program = words.front();
    entry.is_plain =
        std::all_of(words.begin() + 1, words.end(), [](const std::string& word) { return word.starts_with('%'); });
    entry.is_hidden = value_of(group, "NoDisplay") == "true" || value_of(group, "Hidden") == "true";
    const std::string categories = value_of(group, "Categories");
    for (const std::string_view category : parts_of(categories, ';'))
        entry.categories.emplace_back(category);
    return entry;
}

} // namespace sceau::agent
