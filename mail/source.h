// A message or a part of one, as bytes in a file that can be read at any place and again: a regular file as it is, what
// comes from a pipe spooled to an unlinked temporary file, so that memory does not grow with an attachment.
#pragma once

#include "base/bytes.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <filesystem>

namespace sceau::mail {

class Source {
  public:
    /// Takes a copy of what the descriptor gives until its end, unless it is a regular file, which is used in place and
    /// from its beginning. `io` where it cannot be read or the spool cannot be written.
    static base::Result<Source> open(base::UniqueFd fd);
    static base::Result<Source> open(const std::filesystem::path& path);
    /// For short texts and tests.
    static base::Result<Source> of_bytes(base::BytesView bytes);

    int fd() const { return fd_.value(); }
    std::uint64_t size() const { return size_; } // bytes

    /// Reads up to into.size() bytes at offset; fewer only at the end. `io` on failure.
    base::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;

  private:
    Source(base::UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
    base::UniqueFd fd_;
    std::uint64_t size_ = 0;
};

/// A new unlinked file in $TMPDIR or /var/tmp, read and write. `io` on failure.
base::Result<base::UniqueFd> temporary_file();

/// A range of a source's bytes.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const Range&, const Range&) = default;
};

} // namespace sceau::mail
