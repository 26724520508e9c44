// Bytes that pass between processes as a file in memory (memfd_create(2)) and that nobody can change any more, so that
// what one process examined is what another one reads. fcntl(2), "File Sealing".
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"

#include <cstdint>

namespace sceau::base {

class SealedMemory {
  public:
    static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

    /// Copies the first `size` bytes of a regular file. Fails with `invalid_parameter` if there are more than
    /// kMostBytes, and with `io` if the file has fewer or cannot be read, or there is no memory.
    static Result<SealedMemory> copy_of(int file, std::uint64_t size);

    static Result<SealedMemory> copy_of(BytesView bytes);

    /// Takes over a descriptor that another process has sent. Fails with `evidence_mismatch` and the reason unless it
    /// is a file in memory of at most kMostBytes with exactly the seals F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and
    /// F_SEAL_WRITE. (F_SEAL_EXEC, which some systems add by themselves, concerns the mode and may be there too.)
    static Result<SealedMemory> take(UniqueFd fd);

    /// Whether this is a file in memory, sealed or not. Of other files, even closing may take as long as their owner
    /// likes; this function does not wait for them.
    static bool is_file_in_memory(int fd);

    int fd() const { return fd_.value(); }
    std::uint64_t size() const { return size_; } // in bytes

  private:
    SealedMemory(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
    UniqueFd fd_;
    std::uint64_t size_ = 0;
};

} // namespace sceau::base
