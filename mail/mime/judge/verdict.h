// Judges a received message: whether it is signed, by whom, whether it is unchanged, and what the signature covers.
#pragma once

#include "mail/cms/own_attributes.h"
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
    std::string name;                   // the common name
    std::vector<std::string> addresses; // from the certificate
    std::string issuer;
    std::chrono::sys_seconds not_before;
    std::chrono::sys_seconds not_after;
    std::optional<std::chrono::sys_seconds> claimed_time; // signingTime
    std::string algorithm;                                // "rsa 2048, sha256"
    std::string key;                                      // the KeyId in hex
    cms::OwnAttributes own = {};                          // what the signature says of what the signer was shown
};

/// All text in it is fit to be shown on a terminal: U+FFFD replaces characters that are hidden or control the display.
struct Verdict {
    Judgement judgement = Judgement::not_signed;
    std::vector<Finding> reasons;     // what led to the judgement, the worst first
    std::optional<Limit> limit;       // the limit that the mail exceeds, so that it cannot be checked
    std::vector<SignerFacts> signers; // all that can be read, each certificate once
    std::string from;                 // the address in From: the covered one if the header is protected
    std::string on_behalf_of;         // the address in From, if only Sender is the signer's
    std::string sender;               // the address in Sender, if on_behalf_of is set
    cms::Revocation revocation = cms::Revocation::not_asked; // "checked" if it holds for the whole path of each signer
    std::vector<Finding> warnings;                           // RSA under 2048 bits, a name that looks like an address …
    Coverage coverage;                                       // empty unless the signature is right

    /// Returns null unless exactly one signer can be read.
    const SignerFacts* signer() const { return signers.size() == 1 ? &signers.front() : nullptr; }
};

/// A descriptor to which the signed content is written. The caller keeps it.
struct SignedContent {
    int fd = -1;
    bool written = false; // set only if the signature is over the content, whoever made it
};

/// The signature's time is only a claim, so certificates are judged at the moment in the options. Fails with
/// `bad_message` only for an empty input, and with `io` for files that cannot be read or written.
/// The signed content is written as it was hashed: a MIME entity with CRLF line ends, or the octets inside an opaque
/// mail.
base::Result<Verdict> judge(const Source& message, const cms::TrustOptions& options, SignedContent* content = nullptr);

} // namespace sceau::mail::mime
