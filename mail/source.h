// A message, or a part of one, as bytes in a file that can be read at any position and more than once. A regular file
// is used as it is. Input from a pipe is spooled to an unlinked temporary file, so that memory does not grow with an
// attachment.
#pragma once

#include "base/bytes.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <filesystem>

namespace sceau::mail {

class Source {
  public:
    /// Uses a regular file in place, from its beginning; otherwise copies everything that the descriptor gives. Fails
    /// with `io` if the descriptor cannot be read or the spool cannot be written.
    static base::Result<Source> open(base::UniqueFd fd);
    static base::Result<Source> open(const std::filesystem::path& path);
    /// For short texts and for tests.
    static base::Result<Source> of_bytes(base::BytesView bytes);

    int fd() const { return fd_.value(); }
    std::uint64_t size() const { return size_; } // in bytes

    /// Reads up to into.size() bytes at the offset, and fewer only at the end. Fails with `io`.
    base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;

  private:
    Source(base::UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
    base::UniqueFd fd_;
    std::uint64_t size_ = 0;
};

/// Makes an unlinked file in $TMPDIR or /var/tmp for reading and writing. Fails with `io`.
base::Result<base::UniqueFd> temporary_file();

/// A range of bytes in a source.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const Range&, const Range&) = default;
};

} // namespace sceau::mail
