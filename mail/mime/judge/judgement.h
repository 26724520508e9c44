// The judgements on a received message.
#pragma once

#include "mail/cms/flaw.h"

#include <string_view>

namespace sceau::mail::mime {

/// Worst first: a message has the first of these that holds for it.
enum class Judgement {
    malformed, // the structure cannot be read in one way only
    not_signed,
    encrypted,         // nothing of what is inside can be judged here
    changed,           // the content is not what was signed, or the signature is wrong
    cannot_be_checked, // signed by an algorithm, a key or a certificate that is not known here: neither good nor bad
    not_from_signer,   // From (or Sender) is no address of the certificate (RFC 8550 §3)
    revoked,
    too_weak,           // the signature is right and proves nothing today: SHA-1, a tiny key, in its certificates too
    unknown_issuer,     // no chain to a trusted root
    not_valid_then,     // expired, or not valid yet, at the moment of judgement
    wrong_purpose,      // key usage or extended key usage does not allow signed mail (RFC 8550 §4.4)
    revocation_unknown, // it was to be checked, and could not be
    partly_covered,     // signed and right, but something that is shown beside it is not covered
    signed_by_sender,   // right, but by Sender, whose domain is another than that of From, who did not sign
    // NOLINTNEXTLINE(readability-identifier-naming): "signed" is a keyword
    signed_, // everything holds; without header protection (RFC 9788) the header is still not covered
};

/// `not_from_signer` → "not_from_signer", `signed_` → "signed": for scripts.
std::string_view to_string(Judgement judgement);

Judgement judgement_of(cms::Fault fault);

} // namespace sceau::mail::mime
