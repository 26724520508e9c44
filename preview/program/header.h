// The fields of the header that a person is shown before signing.
#pragma once

#include "mail/mime/parse/entity.h"
#include "preview/summary.h"

namespace sceau::preview::program {

/// Reads From, Sender, Reply-To, To, Cc, Subject and Date of the signed entity into the summary, each by two readers
/// (second_reader.h), and refuses what the two read differently.
void read_header(const mail::mime::Entity& root, Summary& summary);

} // namespace sceau::preview::program
