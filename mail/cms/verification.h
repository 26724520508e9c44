// Judges each signature of a SignedData (RFC 5652 §5) separately: whether it is over this content, by that certificate,
// and trusted.
#pragma once

#include "mail/cms/certificate.h"
#include "mail/cms/content_hash.h"
#include "mail/cms/flaw.h"
#include "mail/cms/own_attributes.h"
#include "mail/cms/trust.h"

#include <map>
#include <memory>

namespace sceau::mail::cms {

/// The digests of the content with each hash that the signers used.
using ContentDigests = std::map<ContentHash, base::Bytes>;

struct SignerReport {
    std::optional<CertificateFacts> certificate;          // empty if the message does not carry it
    std::string algorithm;                                // "rsa 2048, sha256"
    std::optional<std::chrono::sys_seconds> claimed_time; // signingTime, which the signer claims
    OwnAttributes own;                                    // empty where there are none that can be read
    Revocation revocation = Revocation::not_asked;
    std::vector<Flaw> flaws; // empty if the signature is good
    std::vector<Finding> warnings;
};

class Signatures {
  public:
    /// Reads a ContentInfo with a detached SignedData in BER (content_removal.h). Fails with `unsupported` if its
    /// content type is not id-data (§4), as in a receipt, and with `bad_message` for anything else.
    static base::Result<Signatures> parse(base::BytesView signed_data);

    Signatures(Signatures&&) noexcept;
    Signatures& operator=(Signatures&&) noexcept;
    ~Signatures();

    /// Returns 0 for a message that only carries certificates.
    std::size_t count() const;
    /// Returns the known hashes that the content must be digested with.
    std::vector<ContentHash> hashes() const;

    /// Returns one report for each person. Signatures are by one person (RFC 5652 §5) if they use one certificate, or
    /// several that share a key, a holder's name or an address. One good signature of a person is enough (RFC 4853);
    /// the others are reported among the warnings.
    std::vector<SignerReport> check(const ContentDigests& digests, const Trust& trust) const;

  private:
    struct Parts;
    explicit Signatures(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
