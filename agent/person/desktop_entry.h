// Desktop files: how a program is called on the menu that a person starts it from (the Desktop Entry Specification).
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::agent {

struct DesktopEntry {
    std::string name = {};                    // in the person's language, where it has one
    std::string program = {};                 // that Exec starts: "/usr/bin/thunderbird", "evolution"
    bool is_plain = false;                    // Exec starts it with nothing but what is opened: "%u"
    bool is_hidden = false;                   // on no menu
    std::vector<std::string> categories = {}; // "Email", "WebBrowser", "TerminalEmulator"
};

/// Of one file's text. None for what is no application, has no name, or starts its program through another: "flatpak
/// run org.example" says nothing of who flatpak is.
std::optional<DesktopEntry> read_desktop_entry(std::string_view text, base::Language language);

} // namespace sceau::agent
