// Whom the reader trusts, at which moment: the roots, the revocation lists, and the path from a signer's certificate to
// a root by RFC 5280 §6 and RFC 8550 §4.
#pragma once

#include "base/result.h"
#include "mail/cms/flaw.h"

#include <openssl/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

struct stack_st_X509; // OpenSSL's STACK_OF(X509)

namespace sceau::mail::cms {

struct TrustOptions {
    std::optional<std::filesystem::path> ca_file;              // PEM; in place of the system's roots
    std::vector<std::filesystem::path> crl_files;              // PEM or DER
    std::optional<std::chrono::sys_seconds> at = {};           // the moment of judgement; now if none
    std::vector<std::filesystem::path> certificate_files = {}; // PEM or DER; help to build paths, are not trusted
    bool require_revocation = false;                           // that it could not be checked is a finding
};

/// Whether "not revoked" can be said of all certificates on a path but the one that is trusted by itself.
enum class Revocation {
    not_asked, // no list was given
    unknown,   // lists were given, and not for each certificate one that fits
    checked,
};

/// `not_asked` → "not_asked": for scripts.
std::string_view to_string(Revocation revocation);

struct PathReport {
    std::vector<Flaw> flaws; // empty when a path to a root holds
    std::vector<Finding> warnings;
    Revocation revocation = Revocation::not_asked;
};

class Trust {
  public:
    /// `io` for a file that cannot be read or holds none of what it should.
    static base::Result<Trust> open(const TrustOptions& options);

    Trust(Trust&&) noexcept;
    Trust& operator=(Trust&&) noexcept;
    ~Trust();

    std::chrono::sys_seconds moment() const { return moment_; }
    /// Those of the options, which may be the signer's own.
    const stack_st_X509* known_certificates() const;

    /// Looks for a path from the certificate to a root, over any of the others and of the known ones, which are not
    /// trusted themselves.
    PathReport check(X509* certificate, const std::vector<X509*>& others) const;

  private:
    struct Parts;
    Trust(std::unique_ptr<Parts> parts, std::chrono::sys_seconds moment);
    std::unique_ptr<Parts> parts_;
    std::chrono::sys_seconds moment_;
};

} // namespace sceau::mail::cms
