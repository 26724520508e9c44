// Where a result goes that must appear whole or not at all.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <filesystem>
#include <string>

namespace sceau::sending {

class OutputFile {
  public:
    /// At the path: a new file beside it that takes its place on commit(), also where the path is the input's. Standard
    /// output ("" or "-") and what is no regular file get it all on commit(). `io` where it cannot be written.
    static base::Result<OutputFile> open(const std::filesystem::path& path);

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    /// Without commit() nothing of it is seen.
    ~OutputFile();

    /// To be written to.
    int fd() const { return written_.value(); }

    base::Result<> commit();

  private:
    OutputFile() = default;
    static base::Result<OutputFile> spooled_to(base::UniqueFd stream, const std::string& name);
    static base::Result<OutputFile> beside(std::filesystem::path target);
    base::Result<> copy_to_stream() const;

    base::UniqueFd written_;
    base::UniqueFd stream_;           // what it is copied to on commit; else it is renamed:
    std::filesystem::path temporary_; // empty once renamed
    std::filesystem::path target_;
};

} // namespace sceau::sending
