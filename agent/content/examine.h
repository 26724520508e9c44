// What is known of the content of a signature before anybody is asked, and how it is known.
#pragma once

#include "agent/content/attestation.h"
#include "agent/content/evidence.h"
#include "agent/content/preview.h"
#include "base/language.h"

namespace sceau::agent {

/// What examining needs, and keeps between requests.
struct Examination {
    Previews previews;
    Attestation attestation;
};

/// Whose content it is, and the language of what is shown.
struct ForWhom {
    Asker asker;
    Attestation::Connection connection;
    base::Language language;
};

struct Examined {
    std::optional<mail::cms::SignedAttributes> attributes;
    ipc::Shown shown;                     // unseen: it has no fields
    std::optional<base::Bytes> salt = {}; // of the journal's head that is signed; for the journal's entry
};

/// Checks the evidence, and has the content read if there is one. Without evidence, or with attributes alone, the
/// content is unseen. Fails with `evidence_mismatch` and the reason, `invalid_parameter` for evidence that lacks
/// something, and `unsupported` for a kind that this agent does not know. The arguments must outlive the coroutine.
asio::awaitable<base::Result<Examined>> examine(const std::optional<ipc::Evidence>& evidence, const ToBeSigned& what,
                                                Examination& examination, const ForWhom& whom);

struct Described {
    std::vector<base::Bytes> attributes; // that the policy wants; each the DER of an Attribute
    ipc::Shown shown;
};

/// Has a content read that a key with one of these certificates (DER) is to sign. Fails with `evidence_mismatch` where
/// examine() would. The arguments must outlive the coroutine.
asio::awaitable<base::Result<Described>> describe(const base::SealedMemory& content,
                                                  const std::vector<base::Bytes>& certificates,
                                                  Examination& examination, const ForWhom& whom);

} // namespace sceau::agent
