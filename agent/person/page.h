// One dialog's description, as every pinentry can draw it whole on a screen of 1024 by 768 or a terminal of 80 by 24:
// pinentry-qt never wraps, pinentry-curses does not open if its text is too long, and pinentry-gtk-2 and -gnome3 end at
// once when a line of the protocol is longer than 1000 bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sceau::agent {

inline constexpr std::size_t kPageColumns = 60;
inline constexpr std::size_t kPageLines = 16;  // pinentry-curses draws eight more around them
inline constexpr std::size_t kPageBytes = 990; // once escaped, so that "SETDESC " fits before them

using Lines = std::vector<std::string>;

/// Breaks a field into lines. Those after the first begin with "> ", so that no part of a value from outside begins a
/// line and can be taken for another field or for a sentence of ours.
Lines field_lines(std::string_view field);

/// How many bytes the lines take at most once they are escaped for any flavour of pinentry.
std::size_t escaped_size(const Lines& lines);

/// The lines of one dialog, as long as there is room.
class Page {
  public:
    /// Keeps room for these lines, which end() adds below all others.
    explicit Page(Lines last = {});

    bool fits(const Lines& lines) const;
    void add(const Lines& lines);
    /// Adds the lines and returns true if they fit.
    bool try_add(const Lines& lines);
    /// Returns the whole text.
    std::string end() const;
    /// Returns the text with these lines above, which take the room of those that were kept for the end.
    std::string below(const Lines& first) const;

  private:
    Lines lines_;
    Lines last_;
};

} // namespace sceau::agent
