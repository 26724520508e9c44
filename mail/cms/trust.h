// Whom the reader trusts, at which moment: the roots, the revocation lists, and the path from a signer's certificate to
// a root by RFC 5280 §6 and RFC 8550 §4.
#pragma once

#include "base/result.h"
#include "mail/cms/finding.h"

#include <openssl/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

struct stack_st_X509; // OpenSSL's STACK_OF(X509)

namespace sceau::mail::cms {

struct TrustOptions {
    std::optional<std::filesystem::path> ca_file;            // PEM; in place of the system's roots
    std::vector<std::filesystem::path> crl_files;            // PEM or DER
    std::optional<std::chrono::system_clock::time_point> at; // the moment of judgement; now if none
};

struct PathReport {
    std::vector<Finding> findings; // empty when a path to a root holds
    std::vector<std::string> warnings;
    bool revocation_checked = false; // a list of the certificate's issuer was there and valid at the moment
};

class Trust {
  public:
    /// `io` for a file that cannot be read or holds none of what it should.
    static base::Result<Trust> open(const TrustOptions& options);

    Trust(Trust&&) noexcept;
    Trust& operator=(Trust&&) noexcept;
    ~Trust();

    std::chrono::system_clock::time_point moment() const { return moment_; }

    /// Looks for a path from the certificate to a root, over any of the others, which are not trusted
    /// themselves.
    PathReport check(X509* certificate, stack_st_X509* others) const;

  private:
    struct Parts;
    Trust(std::unique_ptr<Parts> parts, std::chrono::system_clock::time_point moment);
    std::unique_ptr<Parts> parts_;
    std::chrono::system_clock::time_point moment_;
};

} // namespace sceau::mail::cms
