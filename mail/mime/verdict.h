// Judges a received message: is it signed, by whom, is it unchanged, and what of it does the signature cover.
#pragma once

#include "mail/cms/trust.h"
#include "mail/mime/coverage.h"
#include "mail/mime/judgement.h"
#include "mail/source.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sceau::mail {

using cms::TrustOptions;

struct SignerFacts {
    std::string name;                   // common name
    std::vector<std::string> addresses; // of the certificate
    std::string issuer;
    std::chrono::sys_seconds not_before;
    std::chrono::sys_seconds not_after;
    std::optional<std::chrono::sys_seconds> claimed_time; // signingTime
    std::string algorithm;                                // "rsa 2048, sha256"
    std::string key;                                      // KeyId in hex
};

/// All text in it is fit to be shown on a terminal: of what is hidden or steers the display, U+FFFD is left.
struct Verdict {
    Judgement judgement = Judgement::not_signed;
    std::vector<std::string> reasons;  // one English sentence each, what led to the judgement, the worst first
    std::optional<SignerFacts> signer; // where there is exactly one that can be read
    std::string from;                  // the address in From: the covered one where the header is protected
    std::string on_behalf_of;          // From, when only Sender is the signer's
    bool revocation_asked = false;     // lists were given
    bool revocation_checked = false;   // and "not revoked" holds for the whole path of each signer
    std::vector<std::string> warnings; // RSA under 2048 bits, a name that looks like an address …
    Coverage coverage;                 // empty unless the signature is right
};

/// The signature's time is a claim; certificates are judged at the moment of the options. `bad_message` only for input
/// that is no message at all (empty); `io` for files that cannot be read.
base::Result<Verdict> judge(const Source& message, const TrustOptions& options);

} // namespace sceau::mail
