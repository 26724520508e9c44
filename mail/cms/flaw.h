// What is wrong with a signature.
#pragma once

#include "mail/finding.h"

namespace sceau::mail::cms {

/// The worst comes first.
enum class Fault {
    unreadable,         // its structure breaks the standard or can be read in two ways
    too_weak,           // it is right but proves nothing: a broken hash or a key too small, its own or an issuer's
    uncheckable,        // it cannot be checked: the algorithm or certificate is unknown (RFC 5652 §5.1)
    wrong,              // this certificate did not make it over this content
    revoked,            // the certificate or one of its issuers is revoked
    unknown_issuer,     // there is no path to a trusted root
    not_valid_then,     // the certificate or an issuer was expired or not valid yet at the moment of judgement
    wrong_purpose,      // the certificate may not be used for signed mail (RFC 8550 §4.4)
    revocation_unknown, // revocation of a certificate of the path could not be checked, although it must be
};

struct Flaw {
    Fault fault;
    Finding finding;

    friend bool operator==(const Flaw&, const Flaw&) = default;
};

} // namespace sceau::mail::cms
