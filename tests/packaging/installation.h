// An installation of this build in a folder of a test's own.
#pragma once

#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sceau::test {

class Installation {
  public:
    /// With that folder as the prefix, as for a person who tries it out.
    static Installation with_prefix();
    /// Under /usr, below that folder, as a package is built.
    static Installation for_package();

    /// Under /usr/local, below that folder.
    static Installation for_administrator();

    /// The folder, which stands for / in an installation for a package.
    const std::filesystem::path& root() const { return folder_->path(); }
    std::filesystem::path bin() const { return prefix_ / "bin"; }
    std::filesystem::path units() const { return prefix_ / "lib/systemd/user"; }

    void install_again() const;
    /// Sorted, without the folder's own name.
    std::vector<std::filesystem::path> files() const;

  private:
    /// The prefix below the folder; empty: the folder itself.
    explicit Installation(std::string below);

    std::string below_;
    std::unique_ptr<TemporaryFolder> folder_ = std::make_unique<TemporaryFolder>();
    std::filesystem::path prefix_;
};

/// A file of the source tree.
std::string source_text(const std::filesystem::path& path);
std::string text_of(const std::filesystem::path& file);

} // namespace sceau::test
