// Builds CMS SignedData (RFC 5652) around a signature that is made elsewhere: it drafts the attributes, the agent's
// token signs their digest, and it closes the structure. It needs no private key, engine or stub.
#pragma once

#include "base/digest.h"
#include "mail/source.h"

#include <chrono>
#include <memory>
#include <vector>

namespace sceau::mail::cms {

struct Signer {
    base::Bytes certificate;        // DER
    std::vector<base::Bytes> chain; // DER; the message does not include the root (RFC 8550 §2.3)
    base::Scheme scheme;
};

/// A SignedData that still lacks its signature.
class Draft {
  public:
    /// Drafts the signed attributes (RFC 8551 §2.5): contentType, messageDigest, signingTime, signing-certificate-v2,
    /// SMIMECapabilities. `content_digest` is the digest of the signed part with the scheme's hash. `others` are
    /// further attributes, each the DER of an Attribute with a type of its own. Fails with `unsupported` if the
    /// certificate's key does not fit the scheme, and with `internal` if one of the others is no such attribute.
    static base::Result<Draft> create(const Signer& signer, base::BytesView content_digest,
                                      std::chrono::system_clock::time_point signing_time,
                                      const std::vector<base::Bytes>& others = {});

    Draft(Draft&&) noexcept;
    Draft& operator=(Draft&&) noexcept;
    ~Draft();

    /// Returns the DER SET OF the signed attributes, which is hashed and signed (RFC 5652 §5.4).
    base::BytesView signed_attributes() const;
    /// Returns their digest, which the token signs.
    base::Digest digest() const;

    /// Returns the DER of the detached ContentInfo. It first checks the signature (ECDSA: DER) against the certificate,
    /// and fails with `internal` if it does not verify.
    base::Result<base::Bytes> finish(base::BytesView signature) &&;

  private:
    struct Parts;
    explicit Draft(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
