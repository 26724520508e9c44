// What is known of a content, in lines for the dialog: in the order in which a fraudster would change it, recipients
// first. Each part has a budget; what is left out is counted and said.
#pragma once

#include "agent/person/page.h"
#include "base/language.h"
#include "ipc/shown.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sceau::agent {

/// What kind of content is signed, which decides its words.
enum class Content : std::uint8_t { unknown, mail, certificate_request };

/// Fields that are counted together, in the order in which they are shown.
enum class Part : std::uint8_t { recipients, money, subject, origin, notes, attachments, links, text };

struct PartText {
    Part part = Part::recipients;
    std::vector<Lines> fields; // the text, which is broken across pages, has one entry for each of its lines
    Lines heading = {};        // of the text; repeated on each of its pages
    std::size_t left_out = 0;  // fields for which there is no room on any page
    bool is_cut = false;       // a field is shown in part
};

/// `program` is named where a field is only what it says.
std::vector<PartText> content_text(const ipc::Shown& shown, Content content, const std::string& program,
                                   base::Language language);

/// Returns text such as "12 more recipients".
std::string more_of(Part part, std::size_t count, base::Language language);

/// The first line of each dialog, which no other level has. `all`: nothing is left out.
std::string headline(ipc::Level level, bool all, base::Language language);

} // namespace sceau::agent
