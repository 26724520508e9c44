// Judges a received message: is it signed, by whom, is it unchanged, and what of it does the signature cover.
#pragma once

#include "mail/cms/trust.h"
#include "mail/limit.h"
#include "mail/mime/judge/coverage.h"
#include "mail/mime/judge/judgement.h"
#include "mail/source.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sceau::mail::mime {

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
    std::vector<Finding> reasons;     // what led to the judgement, the worst first
    std::optional<Limit> limit;       // that the mail goes over, so that it cannot be checked
    std::vector<SignerFacts> signers; // all that can be read, each certificate once
    std::string from;                 // the address in From: the covered one where the header is protected
    std::string on_behalf_of;         // From, when only Sender is the signer's
    std::string sender;               // Sender, where on_behalf_of is said
    cms::Revocation revocation = cms::Revocation::not_asked; // "checked" for the whole path of each signer
    std::vector<Finding> warnings;                           // RSA under 2048 bits, a name that looks like an address …
    Coverage coverage;                                       // empty unless the signature is right

    /// Null unless there is exactly one that can be read.
    const SignerFacts* signer() const { return signers.size() == 1 ? &signers.front() : nullptr; }
};

/// Where what was signed is to be written: a descriptor, which stays the caller's.
struct SignedContent {
    int fd = -1;
    bool written = false; // only where the signature is one over the content, whoever's it is
};

/// The signature's time is a claim; certificates are judged at the moment of the options. `bad_message` only for input
/// that is no message at all (empty); `io` for files that cannot be read or written.
/// What was signed is written as it was hashed: a MIME entity with CRLF line ends, or the octets inside of an opaque
/// mail.
base::Result<Verdict> judge(const Source& message, const cms::TrustOptions& options, SignedContent* content = nullptr);

} // namespace sceau::mail::mime
