// Finds the issuers of a certificate, as far as they are known here, and builds from their certificates the chain that
// a signature carries (RFC 8550 §2.3). The agent uses it to tell its clients, and the SignedData to carry the chain. A
// certificate is not trusted because it is here; whom a reader trusts is decided elsewhere (trust.h).
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sceau::mail::cms {

struct Chain {
    std::vector<base::Bytes> certificates; // DER: the issuers, the nearest first, without the self-signed root
    std::string missing_issuer; // the unknown issuer of the last certificate; empty if the chain reaches a root

    friend bool operator==(const Chain&, const Chain&) = default;
};

class Issuers {
  public:
    Issuers();
    Issuers(Issuers&&) noexcept;
    Issuers& operator=(Issuers&&) noexcept;
    ~Issuers();

    /// Adds a DER certificate. Bytes that are not a certificate are ignored.
    void add(base::BytesView certificate);
    /// Makes the certificates of the system's store available too (OpenSSL's default folder).
    void add_system_store();

    /// Returns the best chain over these issuers and `own`. A chain to a root is better than one that ends before a
    /// root, and a chain over issuers is better than one straight to a root, because receivers know different ones. An
    /// issuer must match by its name, its key identifier and its signature, be a CA (RFC 5280 §4.2.1.9) within its path
    /// length, and be valid at that moment.
    Chain chain_of(base::BytesView certificate, const std::vector<base::Bytes>& own,
                   std::chrono::sys_seconds moment) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Returns the http and https URLs from which the certificate says that its issuer's certificate can be fetched
/// (caIssuers, RFC 5280 §4.2.2.1), in their order and at most eight.
std::vector<std::string> issuer_urls(base::BytesView certificate);

} // namespace sceau::mail::cms
