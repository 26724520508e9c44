// Judges a received message: is it signed, by whom, is it unchanged, and what of it does the signature cover.
#pragma once

#include "mail/source.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sceau::mail {

/// Worst first: a message has the first of these that holds for it.
enum class Judgement {
    malformed, // the structure cannot be read in one way only
    not_signed,
    changed,         // the content is not what was signed, or the signature is wrong
    not_from_signer, // From (or Sender) is no address of the certificate (RFC 8550 §3)
    revoked,
    unknown_issuer, // no chain to a trusted root
    not_valid_then, // expired, or not valid yet, at the moment of judgement
    wrong_purpose,  // key usage or extended key usage does not allow signed mail (RFC 8550 §4.4)
    partly_covered, // signed and right, but something that is shown beside it is not covered
    signed_,        // everything holds
};

struct SignerFacts {
    std::string name;                   // common name
    std::vector<std::string> addresses; // of the certificate
    std::string issuer;
    std::chrono::system_clock::time_point not_before;
    std::chrono::system_clock::time_point not_after;
    std::optional<std::chrono::system_clock::time_point> claimed_time; // signingTime
    std::string algorithm;                                             // "rsa 2048, sha256"
    std::string key;                                                   // KeyId in hex
};

struct Coverage {
    std::vector<std::string> headers; // names of the header fields that are covered (RFC 9788)
    bool text = false;
    unsigned attachments = 0;
    std::vector<std::string> not_covered; // what a reader may be shown that is not signed, one sentence each
};

struct Verdict {
    Judgement judgement = Judgement::not_signed;
    std::vector<std::string> reasons;  // one English sentence each, what led to the judgement
    std::optional<SignerFacts> signer; // where there is exactly one that can be read
    std::string from;                  // the address in From, covered or not
    std::string on_behalf_of;          // From, when only Sender is the signer's
    bool revocation_checked = false;
    std::vector<std::string> warnings; // RSA under 2048 bits, SHA-1 …
    Coverage coverage;
};

struct TrustOptions {
    std::optional<std::filesystem::path> ca_file;            // PEM; in place of the system's roots
    std::vector<std::filesystem::path> crl_files;            // PEM or DER
    std::optional<std::chrono::system_clock::time_point> at; // the moment of judgement; now if none
};

/// `bad_message` only for input that is no message at all (empty); `io` for files that cannot be read.
base::Result<Verdict> judge(const Source& message, const TrustOptions& options);

} // namespace sceau::mail
