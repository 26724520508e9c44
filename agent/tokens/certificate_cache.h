// Folders in which modules keep the certificates that they read, for as long as the agent runs. A signing worker does
// not read again from the card what a discovery has left there.
#pragma once

#include "base/unique_fd.h"

#include <filesystem>

namespace sceau::agent {

class CertificateCache {
  public:
    /// Makes a folder that only this user can read, and removes the folders of agents that were killed.
    CertificateCache();
    CertificateCache(const CertificateCache&) = delete;
    CertificateCache& operator=(const CertificateCache&) = delete;
    ~CertificateCache();

    /// Empty if no folder can be made.
    const std::filesystem::path& root() const { return root_; }
    /// Returns an empty folder. The path is empty if none can be made; certificates are then read from the card each
    /// time.
    std::filesystem::path new_folder();
    static void remove(const std::filesystem::path& folder);

  private:
    std::filesystem::path root_;
    base::UniqueFd lock_; // on the root, as long as this process lives
    unsigned folders_ = 0;
};

} // namespace sceau::agent
