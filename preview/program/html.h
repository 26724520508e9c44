// The text of HTML as a receiver sees it, by libxml2's parser, which builds no tree here. What styles hide is included
// and marked; the styles of the document's own <style> elements count where a rule names an element, class or id.
#pragma once

#include "preview/program/shown_text.h"

#include <string>
#include <string_view>
#include <vector>

namespace sceau::preview::program {

struct Html {
    ShownText text{Form::html};
    std::vector<Note> notes; // pictures_from_net once, link_differs for each such link; not shown yet
};

/// Call this once before the process gives up opening files.
void start_html_parser();

/// Reads UTF-8, which must be valid.
Html read_html(std::string_view html);

} // namespace sceau::preview::program
