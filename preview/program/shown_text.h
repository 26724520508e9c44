// A text as its lines are shown, and as it is searched and compared.
#pragma once

#include "preview/summary.h"

#include <string>
#include <string_view>

namespace sceau::preview::program {

class ShownText {
  public:
    explicit ShownText(Form form) { text_.form = form; }

    /// Adds to the current line. Blanks and control characters are left as they are. Text that receivers do not see is
    /// on lines of its own.
    void add(std::string_view piece, bool hidden);
    /// Adds what a receiver's program does not show there and nobody reads in the text, such as where a link leads.
    void add_aside(std::string_view piece);
    void end_line();
    /// Ends the line if anything is on it.
    void break_line();

    bool line_is_hidden() const { return line_is_hidden_; }
    bool line_is_empty() const { return line_.empty(); }
    bool line_ends_in_blank() const { return line_.ends_with(' '); }
    bool has_hidden_text() const { return has_hidden_text_; }
    bool has_turning_characters() const { return has_turning_characters_; }

    /// Everything that was added except asides, with a line end for each of ours.
    const std::string& all() const { return all_; }
    /// Returns the letters and digits that a receiver sees, without anything between them but what makes another
    /// number: for comparison with another form of the same text.
    std::string words() const;

    /// Returns the lines so far, with at most that many bytes in all, which it takes off.
    Text finish(std::size_t& bytes_allowed) &&;

  private:
    Text text_;
    std::string line_;
    bool line_is_hidden_ = false;
    std::string all_;
    std::string seen_; // as all_, without hidden text
    std::size_t stored_ = 0;
    bool has_hidden_text_ = false;
    bool has_turning_characters_ = false;
};

} // namespace sceau::preview::program
