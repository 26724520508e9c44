// Folders in which modules keep the certificates that they read, for as long as the agent runs: what a discovery has
// left there, a signing worker does not read from the card again.
#pragma once

#include "base/unique_fd.h"

#include <filesystem>

namespace sceau::agent {

class CertificateCache {
  public:
    /// Makes a folder that only this user can read, and clears away those of agents that were killed.
    CertificateCache();
    CertificateCache(const CertificateCache&) = delete;
    CertificateCache& operator=(const CertificateCache&) = delete;
    ~CertificateCache();

    /// Empty where no folder can be made.
    const std::filesystem::path& root() const { return root_; }
    /// An empty folder; an empty path where none can be made, and all is read each time.
    std::filesystem::path new_folder();
    static void remove(const std::filesystem::path& folder);

  private:
    std::filesystem::path root_;
    base::UniqueFd lock_; // on it, as long as this process lives
    unsigned folders_ = 0;
};

} // namespace sceau::agent
