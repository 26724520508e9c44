// Holds what a signature says that its signer was shown (docs/protocol.md, "Signed attributes of our own") against what
// the mail shows here.
#pragma once

#include "clients/cli/words.h"
#include "mail/cms/trust.h"
#include "mail/mime/judge/verdict.h"
#include "preview/summary.h"

#include <string>

namespace sceau::cli {

enum class Comparison {
    not_said,      // the signature says nothing about it, or is not good
    same,          // the summary is what the signer was shown
    different,     // another summary than the signer's
    other_version, // of the summary
    unread,        // the mail could not be read here
};

struct ShownToSigner {
    Comparison comparison = Comparison::not_said;
    preview::Summary summary = {}; // if they are the same
};

/// Reads the signed content as the signer's agent did, in a process of its own. The verdict, which must be that on the
/// message, gets a warning if something else was shown. Fails with `io` if there is no room for the content.
base::Result<ShownToSigner> shown_to_signer(const mail::Source& message, const mail::cms::TrustOptions& trust,
                                            mail::mime::Verdict& verdict);

/// Returns the sentence for a medal; empty unless there is something to say beside the verdict's warnings.
std::string text_of(const ShownToSigner& shown, const Console& console);

} // namespace sceau::cli
