// Writes a chain of lines (base/chain_link.h) so that it survives a power cut and a full disk: the agent's journal.
#pragma once

#include "base/chain_link.h"
#include "base/result.h"
#include "base/unique_fd.h"

#include <cstdint>

namespace sceau::base {

class ChainedLines {
  public:
    static constexpr std::uintmax_t kMostBytes = std::uintmax_t{16} << 20; // of one file

    /// Opens the file, or makes it, with its folders, for this account alone. A last line that is torn, because the
    /// machine or the process stopped while it was written, is healed. Only the end of the file is read. Fails with
    /// `io` if the file cannot be written to, is a link or not a regular file, belongs to another account or can be
    /// written by one, and while another process has it open in this way.
    static Result<ChainedLines> open(const std::filesystem::path& path, std::uintmax_t most_bytes = kMostBytes);

    /// Appends a line, by one write, and returns once it is on the disk. `object` is the JSON of an object, on one
    /// line, without the members of the link. Fails with `io`; the line is then taken back, as far as that is possible,
    /// and this object is of no use any more: open the file again.
    Result<ChainHead> append(std::string_view object);

    const ChainHead& head() const { return head_; }
    /// Whether open() had to heal the end.
    bool was_healed() const { return was_healed_; }
    /// Whether the file can still be reached by its name, as after somebody removed it or its folder it cannot.
    bool is_in_place() const;

  private:
    ChainedLines(std::filesystem::path path, std::uintmax_t most_bytes)
        : path_(std::move(path)), most_bytes_(most_bytes)
    {
    }

    Result<> open_file();
    Result<> create_file();
    Result<> take();
    Result<> read_end();
    Result<> heal(std::string_view torn, bool ends_a_line);
    Result<> start_next_file();
    Result<> write_line(const std::string& line);
    Result<> write_whole(std::string_view text) const;
    std::unexpected<Error> failed(std::string_view what, int error_number) const;

    std::filesystem::path path_;
    std::uintmax_t most_bytes_;
    UniqueFd file_;
    std::uintmax_t size_ = 0;
    ChainHead head_;
    bool was_healed_ = false;
};

} // namespace sceau::base
