// What CSS declarations say about whether text can be seen. Only the plain ways of hiding text are known.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sceau::preview::program {

/// What one set of declarations says; what it does not say is empty.
struct Style {
    bool gone = false; // with everything inside
    std::optional<bool> invisible;
    std::optional<bool> tiny;
    std::optional<std::uint32_t> colour; // 0xrrggbb, or kTransparent
    std::optional<std::uint32_t> background;
    std::string picture; // an address from which a picture is loaded
};

inline constexpr std::uint32_t kTransparent = 0x1000000;

/// Reads the declarations of a style attribute or of a rule: "display:none; color:#fff".
Style read_style(std::string_view declarations);
std::optional<std::uint32_t> read_colour(std::string_view value);

/// Reads the rules of a <style> element and adds the simple selectors (".note", "#a1", "p") of those that hide text,
/// for whatever medium. A picture's address is kept if there is one.
struct HidingRules {
    std::set<std::string> selectors;
    std::string picture;

    void read(std::string_view sheet);
};

} // namespace sceau::preview::program
