// CMS SignedData (RFC 5652) around a signature that is made elsewhere: the attributes are drafted here, their digest is
// signed by the agent's token, the structure is closed here. That takes no private key, no engine and no stub.
#pragma once

#include "base/digest.h"
#include "mail/source.h"

#include <chrono>
#include <memory>
#include <vector>

namespace sceau::mail::cms {

struct Signer {
    base::Bytes certificate;        // DER
    std::vector<base::Bytes> chain; // DER; the root is left out of the message (RFC 8550 §2.3)
    base::Scheme scheme;
};

/// A SignedData without its signature.
class Draft {
  public:
    /// Signed attributes (RFC 8551 §2.5): contentType, messageDigest, signingTime, signing-certificate-v2,
    /// SMIMECapabilities. `content_digest` is the digest of the signed part by the scheme's hash. `unsupported` when
    /// the certificate's key does not fit the scheme.
    static base::Result<Draft> create(const Signer& signer, base::BytesView content_digest,
                                      std::chrono::system_clock::time_point signing_time);

    Draft(Draft&&) noexcept;
    Draft& operator=(Draft&&) noexcept;
    ~Draft();

    /// The DER SET OF of the signed attributes: what is hashed and signed (RFC 5652 §5.4).
    base::BytesView signed_attributes() const;
    /// Their digest: what the token signs.
    base::Digest digest() const;

    /// The DER of the ContentInfo, detached. The signature (ECDSA: DER) is checked against the certificate first:
    /// `internal` if it does not verify.
    base::Result<base::Bytes> finish(base::BytesView signature) &&;

  private:
    struct Parts;
    explicit Draft(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
