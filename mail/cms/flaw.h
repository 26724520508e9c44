// What is found to be wrong with a signature.
#pragma once

#include "mail/finding.h"

namespace sceau::mail::cms {

/// Worst first.
enum class Fault {
    unreadable,         // its structure breaks the standard, or can be read in two ways
    too_weak,           // right, and it proves nothing: broken hash, key too small, its own or an issuer's
    uncheckable,        // whether it is right cannot be said: algorithm or certificate not known here (RFC 5652 §5.1)
    wrong,              // it is not one over this content by this certificate
    revoked,            // the certificate, or one of its issuers
    unknown_issuer,     // no path to a trusted root
    not_valid_then,     // the certificate or an issuer expired, or not valid yet, at the moment of judgement
    wrong_purpose,      // the certificate may not be used for signed mail (RFC 8550 §4.4)
    revocation_unknown, // whether a certificate of the path is revoked could not be found out, and has to be
};

struct Flaw {
    Fault fault;
    Finding finding;

    friend bool operator==(const Flaw&, const Flaw&) = default;
};

} // namespace sceau::mail::cms
