// Puts text into a summary: fit to be shown, each thing once, and within the limits of the report.
#pragma once

#include "preview/summary.h"

#include <string>
#include <string_view>
#include <vector>

namespace sceau::preview::program {

/// Returns a name or another short text as it is shown.
std::string short_text(std::string_view text);

/// Adds a note unless it is there already. Further notes than the limit are left out, the first of each kind are not.
void note(Summary& summary, const Note& note);

/// Adds those that are not there yet.
void add_found(std::vector<std::string>& to, const std::vector<std::string>& found);

/// Refuses the content unless it is refused already.
void refuse(Summary& summary, Reason reason, std::string_view field = {});

} // namespace sceau::preview::program
