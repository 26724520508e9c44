// Desktop files: the name under which a program appears on the menu (the Desktop Entry Specification).
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::agent {

struct DesktopEntry {
    std::string name = {};                    // in the person's language, where available
    std::string program = {};                 // the program that Exec starts: "/usr/bin/thunderbird", "evolution"
    bool is_plain = false;                    // Exec has no arguments other than what is opened: "%u"
    bool is_hidden = false;                   // on no menu
    std::vector<std::string> categories = {}; // "Email", "WebBrowser", "TerminalEmulator"
};

/// Reads the text of one file. Returns nothing if it is not an application, has no name, or starts its program through
/// another one: "flatpak run org.example" does not say who flatpak is.
std::optional<DesktopEntry> read_desktop_entry(std::string_view text, base::Language language);

} // namespace sceau::agent
