// Fetches issuers' certificates into the person's folder, from the URLs that certificates name (caIssuers, RFC 5280
// §4.2.2.1). For `sceau certificates`. A certificate is kept only if it really is the issuer's; that alone does not
// make it trusted.
#pragma once

#include "base/bytes.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sceau::cli {

/// What became of one URL.
struct Fetched {
    enum class End {
        stored,
        failed,     // nothing was received; `detail` says why, in English
        not_issuer, // what was received is not a valid certificate of the issuer
        not_stored, // it cannot be written; `detail` says why
    };
    std::string url;
    End end = End::failed;
    std::string detail = {};
    std::vector<std::filesystem::path> files = {}; // the files that were stored
};

class IssuerFetch {
  public:
    using Download = std::function<base::Result<base::Bytes>(const std::string& url)>;

    IssuerFetch(std::filesystem::path folder, Download download)
        : folder_(std::move(folder)), download_(std::move(download))
    {
    }

    /// Tries the URLs of this certificate (DER), whose issuer is missing, until one delivers the issuer; no URL is
    /// tried twice by one object. Returns whether anything was stored.
    bool fetch_issuer_of(const base::Bytes& certificate);

    const std::vector<Fetched>& log() const { return log_; }

  private:
    Fetched fetch(const std::string& url, const base::Bytes& certificate);

    std::filesystem::path folder_;
    Download download_;
    std::map<std::string, base::Result<base::Bytes>> answers_;
    std::set<std::pair<std::string, base::Bytes>> asked_;
    std::vector<Fetched> log_;
};

} // namespace sceau::cli
