// Folders in which modules keep the certificates that they read, for as long as the agent runs: what a discovery has
// left there, a signing worker does not read from the card again.
#pragma once

#include <filesystem>

namespace sceau::agent {

class CertificateCache {
  public:
    CertificateCache() = default;
    CertificateCache(const CertificateCache&) = delete;
    CertificateCache& operator=(const CertificateCache&) = delete;
    ~CertificateCache();

    /// An empty folder that only this user can read; an empty path where none can be made, and all is read each time.
    std::filesystem::path new_folder();
    static void remove(const std::filesystem::path& folder);

  private:
    std::filesystem::path root_;
    unsigned folders_ = 0;
};

} // namespace sceau::agent
