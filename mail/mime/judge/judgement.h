// The judgements on a received message.
#pragma once

#include "mail/cms/flaw.h"

#include <string_view>

namespace sceau::mail::mime {

/// The worst comes first. A message gets the first of these that applies.
enum class Judgement {
    malformed, // the structure can be read in more than one way, or not at all
    not_signed,
    encrypted,         // nothing inside can be judged here
    changed,           // the content is not what was signed, or the signature is wrong
    cannot_be_checked, // the algorithm, key or certificate of the signature is unknown: neither good nor bad
    not_from_signer,   // the certificate does not contain the address in From (or Sender) (RFC 8550 §3)
    revoked,
    too_weak,           // the signature is right but proves nothing today: SHA-1 or a tiny key, in its certificates too
    unknown_issuer,     // there is no chain to a trusted root
    not_valid_then,     // expired, or not valid yet, at the moment of judgement
    wrong_purpose,      // key usage or extended key usage does not allow signed mail (RFC 8550 §4.4)
    revocation_unknown, // revocation must be checked, and could not be
    partly_covered,     // signed and right, but something shown beside it is not covered
    signed_by_sender,   // right, but by Sender, whose domain is not that of From, who did not sign
    // NOLINTNEXTLINE(readability-identifier-naming): "signed" is a keyword
    signed_, // everything is right; without header protection (RFC 9788) the header is still not covered
};

/// Returns the enumerator's name, with "signed" for `signed_`, for scripts.
std::string_view to_string(Judgement judgement);

Judgement judgement_of(cms::Fault fault);

} // namespace sceau::mail::mime
