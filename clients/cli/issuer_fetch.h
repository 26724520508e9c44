// Issuers' certificates from where certificates say that they are (caIssuers, RFC 5280 §4.2.2.1), into the person's
// folder. For `sceau certificates`. What came is kept only if it really is the issuer's; it is not trusted because of
// that.
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
        failed,     // nothing came; `detail`, in English
        not_issuer, // what came are not certificates of the issuer, or of one that is expired
        not_stored, // it cannot be written; `detail`
    };
    std::string url;
    End end = End::failed;
    std::string detail = {};
    std::vector<std::filesystem::path> files = {}; // stored
};

class IssuerFetch {
  public:
    using Download = std::function<base::Result<base::Bytes>(const std::string& url)>;

    IssuerFetch(std::filesystem::path folder, Download download)
        : folder_(std::move(folder)), download_(std::move(download))
    {
    }

    /// Asks the URLs of the certificate (DER), whose issuer is missing, until one gives it; each URL once in the
    /// object's life. Whether anything was stored.
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
