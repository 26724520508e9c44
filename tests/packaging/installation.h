// Installs this build into a folder of the test's own.
#pragma once

#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sceau::test {

class Installation {
  public:
    /// Installs with that folder as the prefix, as a person does for a trial.
    static Installation with_prefix();
    /// Installs under /usr below that folder, as for a package.
    static Installation for_package();

    /// Installs under /usr/local below that folder.
    static Installation for_administrator();

    /// The folder. In an installation for a package it stands for /.
    const std::filesystem::path& root() const { return folder_->path(); }
    std::filesystem::path bin() const { return prefix_ / "bin"; }
    std::filesystem::path units() const { return prefix_ / "lib/systemd/user"; }

    void install_again() const;
    /// Returns the sorted paths, relative to the folder.
    std::vector<std::filesystem::path> files() const;

  private:
    /// `below`: the prefix below the folder; empty for the folder itself.
    explicit Installation(std::string below);

    std::string below_;
    std::unique_ptr<TemporaryFolder> folder_ = std::make_unique<TemporaryFolder>();
    std::filesystem::path prefix_;
};

/// Returns the text of a file of the source tree.
std::string source_text(const std::filesystem::path& path);
std::string text_of(const std::filesystem::path& file);

} // namespace sceau::test
