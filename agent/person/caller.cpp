#include "agent/person/caller.h"

#include "agent/person/desktop_entry.h"
#include "base/display_text.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>

namespace sceau::agent {

using base::Language;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPathColumns = 76; // of the prompt's 80
constexpr std::size_t kCallerColumns = 36;
constexpr std::streamsize kLongestEntry = 65536; // bytes; a file with every language has 30 KiB

bool only_this_one_writes(uid_t owner, const fs::path& path)
{
    struct stat file{};
    return ::stat(path.c_str(), &file) == 0 && file.st_uid == owner && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string text_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(kLongestEntry), '\0');
    file.read(text.data(), kLongestEntry);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Returns "thunderbird" for thunderbird-bin and "soffice" for soffice.bin, which start scripts of those names run.
std::string stem_of(const fs::path& program)
{
    std::string name = program.filename();
    for (const std::string_view suffix : {"-bin", ".bin", ".real", "-wrapped"})
        if (name.size() > suffix.size() && name.ends_with(suffix))
            name.resize(name.size() - suffix.size());
    return name;
}

// Follows links, since "libreoffice" is a link to soffice.
std::string stem_of_target(const std::string& program)
{
    std::error_code error;
    for (const fs::path folder : {"", "/usr/local/bin", "/usr/bin", "/bin", "/usr/games"})
        if (const fs::path file = folder / program; file.is_absolute() && fs::exists(file, error))
            return stem_of(fs::canonical(file, error));
    return {};
}

std::vector<DesktopEntry> entries_in(const std::vector<fs::path>& folders, uid_t administrator, Language language)
{
    std::vector<DesktopEntry> entries;
    for (const fs::path& folder : folders) {
        std::error_code error;
        for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
            if (each->path().extension() != ".desktop" || !only_this_one_writes(administrator, each->path()))
                continue;
            if (auto entry = read_desktop_entry(text_of(each->path()), language))
                entries.push_back(*std::move(entry));
        }
    }
    return entries;
}

// Returns nothing if no name fits or several do. An office suite has many entries for one program, one of which is
// plain.
const DesktopEntry* entry_of(const std::string& executable, const std::vector<DesktopEntry>& entries)
{
    const DesktopEntry* found = nullptr;
    bool is_clear = true;
    const std::string stem = stem_of(executable);
    for (const DesktopEntry& entry : entries) {
        if (entry.is_hidden || (stem_of(entry.program) != stem && stem_of_target(entry.program) != stem))
            continue;
        if (found != nullptr && found->is_plain == entry.is_plain && found->name != entry.name)
            is_clear = false;
        if (found == nullptr || (entry.is_plain && !found->is_plain)) {
            is_clear = true;
            found = &entry;
        }
    }
    return is_clear ? found : nullptr;
}

bool has_category(const DesktopEntry& entry, std::string_view category)
{
    return std::ranges::find(entry.categories, category) != entry.categories.end();
}

// Whether the program starts whatever the person wants, and so does not identify the caller.
bool starts_anything(const DesktopEntry& entry)
{
    return has_category(entry, "TerminalEmulator") || has_category(entry, "FileManager");
}

CallerKind kind_of(const DesktopEntry& entry)
{
    if (has_category(entry, "Email"))
        return CallerKind::mail;
    if (has_category(entry, "WebBrowser"))
        return CallerKind::browser;
    return has_category(entry, "Office") || has_category(entry, "Viewer") ? CallerKind::documents : CallerKind::unknown;
}

struct KnownProgram {
    std::string_view name;
    CallerKind kind;
};

// Programs that are not on any menu.
constexpr std::array kKnownPrograms = {
    KnownProgram{"ssh", CallerKind::ssh},          KnownProgram{"git", CallerKind::git},
    KnownProgram{"neomutt", CallerKind::mail},     KnownProgram{"mutt", CallerKind::mail},
    KnownProgram{"aerc", CallerKind::mail},        KnownProgram{"s-nail", CallerKind::mail},
    KnownProgram{"alpine", CallerKind::mail},      KnownProgram{"msmtp", CallerKind::mail},
    KnownProgram{"pdfsig", CallerKind::documents},
};

CallerKind kind_of(const std::string& executable)
{
    const auto* known = std::ranges::find(kKnownPrograms, stem_of(executable), &KnownProgram::name);
    return known == kKnownPrograms.end() ? CallerKind::unknown : known->kind;
}

// Always shows both: the file is what actually runs, and without it the name would also cover that program's children.
std::string named(const DesktopEntry& entry, const std::string& executable)
{
    const std::string file = base::shown(fs::path(executable).filename().string(), kCallerColumns / 2);
    return fmt::format("{} ({})", base::shown(entry.name, kCallerColumns - file.size() - 3), file);
}

} // namespace

std::vector<fs::path> applications_folders()
{
    return {"/usr/share/applications", "/usr/local/share/applications", "/var/lib/flatpak/exports/share/applications",
            "/var/lib/snapd/desktop/applications"};
}

Caller caller_of(const ipc::Peer& peer, Language language, const std::vector<fs::path>& folders, uid_t administrator)
{
    Caller caller{.name = program_of(peer, language)};
    if (!peer.of_system || peer.executable.empty())
        return caller;
    std::vector<std::string> line = {peer.executable};
    line.insert(line.end(), peer.parent_executables.begin(), peer.parent_executables.end());
    const std::vector<DesktopEntry> entries = entries_in(folders, administrator, language);
    for (const std::string& executable : line) {
        if (caller.kind == CallerKind::unknown)
            caller.kind = kind_of(executable);
        const DesktopEntry* entry = executable.empty() ? nullptr : entry_of(executable, entries);
        if (entry == nullptr)
            continue;
        if (starts_anything(*entry))
            break;
        caller.name = named(*entry, peer.executable);
        if (caller.kind == CallerKind::unknown)
            caller.kind = kind_of(*entry);
        break;
    }
    return caller;
}

std::string program_of(const ipc::Peer& peer, Language language)
{
    // These start every program, so their names say nothing about this one.
    const auto says_something = [](const std::string& name) {
        return !base::shows_nothing(name) && name != "systemd" && name != "init";
    };
    const std::string file = fs::path(peer.executable).filename();
    const bool has_file = !base::shows_nothing(file);
    std::string name = peer.name;
    if (base::shows_nothing(name))
        name = has_file ? file : language.translated("A program without a name");
    else if (has_file && !file.starts_with(name))
        name += " (" + file + ")";
    const auto parent = std::ranges::find_if(peer.parents, says_something);
    return parent == peer.parents.end() ? name : name + " < " + *parent;
}

std::string note_on_program(const ipc::Peer& peer, Language language)
{
    if (peer.of_system)
        return {};
    if (peer.executable.empty())
        return language.phrase("Which program it is cannot be seen.\n");
    return language.phrase("It is not the system's, but a program in your own folders:\n  {}\n",
                           base::shown(peer.executable, kPathColumns));
}

} // namespace sceau::agent
