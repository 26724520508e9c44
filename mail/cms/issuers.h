// Who issued a certificate, as far as it can be known here: from the certificates of issuers makes the chain that a
// signature carries (RFC 8550 §2.3). For the agent, which tells its clients of it, and for the SignedData itself.
// Nothing is trusted because it is here, and nothing here decides whom a reader trusts (trust.h).
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sceau::mail::cms {

struct Chain {
    std::vector<base::Bytes> certificates; // DER: the issuers, the nearest first, the self-signed root left out
    std::string missing_issuer;            // who issued the last one and is not known; empty: the chain reaches a root

    friend bool operator==(const Chain&, const Chain&) = default;
};

class Issuers {
  public:
    Issuers();
    Issuers(Issuers&&) noexcept;
    Issuers& operator=(Issuers&&) noexcept;
    ~Issuers();

    /// DER; what is no certificate is passed over.
    void add(base::BytesView certificate);
    /// Those that the system's store has are found too (OpenSSL's default folder).
    void add_system_store();

    /// The best way upwards over these and `own`: one to a root rather than one that ends before, over issuers rather
    /// than straight to a root, since receivers know different ones. An issuer is one by its name, its key identifier
    /// and its signature, a CA of RFC 5280 §4.2.1.9 within its path length, and valid at that moment.
    Chain chain_of(base::BytesView certificate, const std::vector<base::Bytes>& own,
                   std::chrono::sys_seconds moment) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Where the certificate says that its issuer's certificate can be fetched (caIssuers of RFC 5280 §4.2.2.1): the http
/// and https URLs, in their order, eight at most.
std::vector<std::string> issuer_urls(base::BytesView certificate);

} // namespace sceau::mail::cms
