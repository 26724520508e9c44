// The signatures in a SignedData (RFC 5652 §5), each judged by itself: over this content, by that certificate, trusted.
#pragma once

#include "mail/cms/certificate.h"
#include "mail/cms/content_hash.h"
#include "mail/cms/flaw.h"
#include "mail/cms/trust.h"

#include <map>
#include <memory>

namespace sceau::mail::cms {

/// Of the content, by each hash that the signers used.
using ContentDigests = std::map<ContentHash, base::Bytes>;

struct SignerReport {
    std::optional<CertificateFacts> certificate;          // none when the message does not carry it
    std::string algorithm;                                // "rsa 2048, sha256"
    std::optional<std::chrono::sys_seconds> claimed_time; // signingTime; a claim of the signer
    Revocation revocation = Revocation::not_asked;
    std::vector<Flaw> flaws; // empty when everything holds
    std::vector<Finding> warnings;
};

class Signatures {
  public:
    /// Of a ContentInfo with a detached SignedData in BER (content_removal.h). `unsupported` where that is over
    /// another content type than id-data (§4), as a receipt is; `bad_message` for anything else.
    static base::Result<Signatures> parse(base::BytesView signed_data);

    Signatures(Signatures&&) noexcept;
    Signatures& operator=(Signatures&&) noexcept;
    ~Signatures();

    /// 0 for a message that only carries certificates.
    std::size_t count() const;
    /// The hashes that the content has to be digested with, as far as they are known here.
    std::vector<ContentHash> hashes() const;

    /// One report a person. Of several signatures by one (RFC 5652 §5), with one certificate or with several that share
    /// a key, a holder's name or an address, one that holds is enough (RFC 4853); the others are among the warnings.
    std::vector<SignerReport> check(const ContentDigests& digests, const Trust& trust) const;

  private:
    struct Parts;
    explicit Signatures(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
