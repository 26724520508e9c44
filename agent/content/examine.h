// What is known of the content of a signature before anybody is asked, and how it is known.
#pragma once

#include "agent/content/evidence.h"
#include "agent/content/preview.h"
#include "base/language.h"

namespace sceau::agent {

struct Examined {
    std::optional<mail::cms::SignedAttributes> attributes;
    ipc::Shown shown; // unseen: it has no fields
};

/// Checks the evidence, and has the content read if there is one. Without evidence, or with attributes alone, the
/// content is unseen. Fails with `evidence_mismatch` and the reason, `invalid_parameter` for evidence that lacks
/// something, and `unsupported` for a kind that this agent does not know. The arguments must outlive the coroutine.
asio::awaitable<base::Result<Examined>> examine(const std::optional<ipc::Evidence>& evidence, const ToBeSigned& what,
                                                Previews& previews, Asker asker, base::Language language);

} // namespace sceau::agent
