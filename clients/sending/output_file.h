// The destination of a result that must appear either whole or not at all.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <filesystem>
#include <string>

namespace sceau::sending {

class OutputFile {
  public:
    /// Opens an output for the path. A regular file is written beside it and takes its place on commit(), even if the
    /// path is that of the input. Standard output ("" or "-") and anything else that is not a regular file receive the
    /// whole result on commit(). Fails with `io` if it cannot be written.
    static base::Result<OutputFile> open(const std::filesystem::path& path);

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    /// Discards everything unless commit() was called.
    ~OutputFile();

    /// The descriptor to write to.
    int fd() const { return written_.value(); }

    base::Result<> commit();

  private:
    OutputFile() = default;
    static base::Result<OutputFile> spooled_to(base::UniqueFd stream, const std::string& name);
    static base::Result<OutputFile> beside(std::filesystem::path target);
    base::Result<> copy_to_stream() const;

    base::UniqueFd written_;
    base::UniqueFd stream_;           // the destination to copy to on commit; if empty, a file is renamed:
    std::filesystem::path temporary_; // empty once renamed
    std::filesystem::path target_;
};

} // namespace sceau::sending
