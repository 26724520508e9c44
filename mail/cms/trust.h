// Whom the reader trusts at a given moment: the roots, the revocation lists, and the path from a signer's certificate
// to a root according to RFC 5280 §6 and RFC 8550 §4.
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
    std::optional<std::filesystem::path> ca_file;    // PEM; replaces the system's roots
    std::vector<std::filesystem::path> crl_files;    // PEM or DER
    std::optional<std::chrono::sys_seconds> at = {}; // the moment of judgement; now if empty
    std::vector<std::filesystem::path> certificate_files =
        {};                          // PEM or DER; they help to build paths but are not trusted
    bool require_revocation = false; // report it as a finding if revocation could not be checked
};

/// Whether all certificates of a path, except the trust anchor, are known not to be revoked.
enum class Revocation {
    not_asked, // no list was given
    unknown,   // lists were given, but not a fitting one for each certificate
    checked,
};

/// Returns the enumerator's name, for scripts.
std::string_view to_string(Revocation revocation);

struct PathReport {
    std::vector<Flaw> flaws; // empty if there is a valid path to a root
    std::vector<Finding> warnings;
    Revocation revocation = Revocation::not_asked;
};

class Trust {
  public:
    /// Fails with `io` for a file that cannot be read or does not contain what it should.
    static base::Result<Trust> open(const TrustOptions& options);

    Trust(Trust&&) noexcept;
    Trust& operator=(Trust&&) noexcept;
    ~Trust();

    std::chrono::sys_seconds moment() const { return moment_; }
    /// Returns the certificates from the options; the signer's own may be among them.
    const stack_st_X509* known_certificates() const;

    /// Looks for a path from the certificate to a root over the other certificates and the known ones. None of these is
    /// trusted itself.
    PathReport check(X509* certificate, const std::vector<X509*>& others) const;

  private:
    struct Parts;
    Trust(std::unique_ptr<Parts> parts, std::chrono::sys_seconds moment);
    std::unique_ptr<Parts> parts_;
    std::chrono::sys_seconds moment_;
};

} // namespace sceau::mail::cms
