#include "agent/person/no_dialog.h"

#include "agent/person/pinentry.h"

#include <algorithm>
#include <array>

namespace sceau::agent {

namespace {

bool has_display(const base::Variables& environment)
{
    return std::ranges::any_of(environment, [](std::string_view variable) {
        return (variable.starts_with("DISPLAY=") && variable != "DISPLAY=") ||
               (variable.starts_with("WAYLAND_DISPLAY=") && variable != "WAYLAND_DISPLAY=");
    });
}

bool is_desktop(const base::Variables& environment, std::string_view name)
{
    return std::ranges::any_of(environment, [&](std::string_view variable) {
        return variable.starts_with("XDG_CURRENT_DESKTOP=") && variable.find(name) != std::string_view::npos;
    });
}

} // namespace

std::string pinentry_package(const base::Variables& environment)
{
    const auto is_one = [&](std::string_view name) { return is_desktop(environment, name); };
    if (!has_display(environment))
        return "pinentry-curses";
    if (std::ranges::any_of(std::array{"GNOME", "Cinnamon", "Unity", "Budgie"}, is_one))
        return "pinentry-gnome3";
    return std::ranges::any_of(std::array{"KDE", "LXQt"}, is_one) ? "pinentry-qt" : "pinentry-gtk2";
}

std::string advice_on_dialog(std::string_view flavor, const PromptPlace& place, const base::Variables& environment)
{
    if (!place.tty.empty())
        return {};
    if (place.terminal_is_others)
        return ": this terminal belongs to another user, as it does after su; log in as yourself, with ssh for example";
    const bool is_for_terminals = flavor == "curses" || flavor == "tty";
    if (is_for_terminals && has_display(environment))
        return ": it opens on terminals only; install the package " + pinentry_package(environment) +
               ", which opens on the desktop";
    return has_display(environment)
               ? ": the session's display does not answer; log in to the desktop again, or sign from a "
                 "terminal"
               : ": start the agent in the graphical session, or sign from a terminal";
}

} // namespace sceau::agent
