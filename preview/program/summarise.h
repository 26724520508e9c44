// The summary of a signed content, in memory that does not grow with it: attachments are only counted, and of texts no
// more is read than can be shown and searched.
#pragma once

#include "mail/source.h"
#include "preview/summary.h"

namespace sceau::preview::program {

/// Does everything once that opens files, so that summarise() needs none. Call it before allow_only_reading().
void prepare_to_summarise();

/// Fails with `io` if the content cannot be read. Everything else that is wrong with it is in the summary.
base::Result<Summary> summarise(const mail::Source& content);

} // namespace sceau::preview::program
