#include "base/chained_lines.h"

#include "base/moment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace sceau::base {

namespace fs = std::filesystem;

namespace {

constexpr int kToAppend = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
constexpr std::uintmax_t kFirstReadOfEnd = std::uintmax_t{256} << 10;

// The last whole line of a file, and what comes after it.
struct End {
    std::optional<ChainHead> head; // nothing: there is no whole line
    std::string torn;              // the bytes after that line
};

Result<std::string> read_from(int file, std::uintmax_t offset, std::uintmax_t size)
{
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file, text.data() + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return std::unexpected(io_errno("the journal cannot be read", errno));
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
}

// Looks for the last whole line. `text` begins with the file's first byte or with the rest of a line.
End end_of(std::string_view text, bool from_the_start)
{
    const std::string_view all = text;
    while (true) {
        const std::size_t line_end = text.rfind('\n');
        if (line_end == std::string_view::npos)
            return {.head = std::nullopt, .torn = std::string(all)};
        const std::string_view before = text.substr(0, line_end);
        const std::size_t begin = before.rfind('\n') + 1; // 0 if there is none
        if (begin == 0 && !from_the_start)
            return {.head = std::nullopt, .torn = std::string(all)};
        const std::string_view line = before.substr(begin);
        if (const auto link = read_link(line))
            return {.head = ChainHead{.number = link->number, .sha256 = sha256_hex(line)},
                    .torn = std::string(all.substr(line_end + 1))};
        text = before;
    }
}

Result<End> end_of_file(int file, std::uintmax_t size)
{
    for (std::uintmax_t length = std::min(kFirstReadOfEnd, size);; length = std::min(2 * length, size)) {
        TRY_ASSIGN(const std::string text, read_from(file, size - length, length));
        End end = end_of(text, length == size);
        if (end.head || length == size)
            return end;
    }
}

Result<ChainHead> head_of_kept_files(const fs::path& newest)
{
    auto files = files_of_chain(newest);
    std::erase(files, newest);
    while (!files.empty()) {
        const UniqueFd file(::open(files.back().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
        struct stat state{};
        if (!file || ::fstat(file.value(), &state) != 0)
            return std::unexpected(io_errno("the journal " + files.back().string() + " cannot be read", errno));
        TRY_ASSIGN(const End end, end_of_file(file.value(), static_cast<std::uintmax_t>(state.st_size)));
        if (end.head)
            return *end.head;
        files.pop_back();
    }
    return ChainHead();
}

Result<> make_folders(const fs::path& folder)
{
    fs::path made;
    for (const fs::path& part : folder) {
        made /= part;
        if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
            return std::unexpected(io_errno("the journal's folder " + made.string() + " cannot be made", errno));
    }
    return {};
}

// Makes sure that a file that was made or renamed in the folder is still there after a power cut.
Result<> keep_names(const fs::path& folder)
{
    const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.value()) != 0)
        return std::unexpected(io_errno("the journal's folder " + folder.string() + " cannot be written to", errno));
    return {};
}

} // namespace

std::unexpected<Error> ChainedLines::failed(std::string_view what, int error_number) const
{
    return std::unexpected(io_errno(fmt::format("the journal {} {}", path_.string(), what), error_number));
}

Result<ChainedLines> ChainedLines::open(const fs::path& path, std::uintmax_t most_bytes)
{
    ChainedLines lines(path, most_bytes);
    TRY(lines.open_file());
    TRY(lines.take());
    TRY(lines.read_end());
    return lines;
}

Result<> ChainedLines::open_file()
{
    file_.reset(::open(path_.c_str(), kToAppend));
    if (file_ || errno != ENOENT)
        return file_ ? Result<>() : failed("cannot be opened", errno);
    TRY(make_folders(path_.parent_path()));
    return create_file();
}

Result<> ChainedLines::create_file()
{
    file_.reset(::open(path_.c_str(), kToAppend | O_CREAT, 0600));
    if (!file_)
        return failed("cannot be made", errno);
    return keep_names(path_.parent_path());
}

// Two writers would link their lines with the same one.
Result<> ChainedLines::take()
{
    struct stat state{};
    if (::fstat(file_.value(), &state) != 0)
        return failed("cannot be looked at", errno);
    if (!S_ISREG(state.st_mode))
        return std::unexpected(io("the journal " + path_.string() + " is not a regular file"));
    if (state.st_uid != ::geteuid() || (state.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return std::unexpected(io("the journal " + path_.string() + " can be written by another account"));
    if (::flock(file_.value(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? std::unexpected(io("the journal " + path_.string() + " is being written by another agent"))
                   : failed("cannot be locked", errno);
    if (!is_in_place())
        return std::unexpected(io("the journal " + path_.string() + " was replaced by another file"));
    size_ = static_cast<std::uintmax_t>(state.st_size);
    return {};
}

bool ChainedLines::is_in_place() const
{
    struct stat ours{};
    struct stat named{};
    return ::fstat(file_.value(), &ours) == 0 && ::lstat(path_.c_str(), &named) == 0 && ours.st_dev == named.st_dev &&
           ours.st_ino == named.st_ino;
}

Result<> ChainedLines::read_end()
{
    TRY_ASSIGN(const End end, end_of_file(file_.value(), size_));
    if (end.head) {
        head_ = *end.head;
    } else {
        TRY_ASSIGN(head_, head_of_kept_files(path_));
    }
    return end.torn.empty() ? Result<>() : heal(end.torn, end.torn.ends_with('\n'));
}

Result<> ChainedLines::heal(std::string_view torn, bool ends_a_line)
{
    const std::string record = fmt::format(R"({{"time":"{}","kind":"{}","torn_bytes":{},"torn_sha256":"{}"}})",
                                           rfc3339_with_milliseconds(std::chrono::system_clock::now()),
                                           ChainLink::kHealed, torn.size(), sha256_hex(torn));
    const std::string line = linked_line(head_, record);
    TRY(write_line((ends_a_line ? "" : "\n") + line));
    head_ = {.number = head_.number + 1, .sha256 = sha256_hex(std::string_view(line).substr(0, line.size() - 1))};
    was_healed_ = true;
    return {};
}

Result<ChainHead> ChainedLines::append(std::string_view object)
{
    const std::string line = linked_line(head_, object);
    if (size_ > 0 && size_ + line.size() > most_bytes_)
        TRY(start_next_file());
    TRY(write_line(line));
    head_ = {.number = head_.number + 1, .sha256 = sha256_hex(std::string_view(line).substr(0, line.size() - 1))};
    return head_;
}

Result<> ChainedLines::start_next_file()
{
    const fs::path kept = next_kept_file(path_);
    if (::rename(path_.c_str(), kept.c_str()) != 0)
        return failed("cannot be renamed to " + kept.filename().string(), errno);
    TRY(create_file());
    return take();
}

Result<> ChainedLines::write_line(const std::string& line)
{
    auto written = write_whole(line);
    if (written && ::fdatasync(file_.value()) != 0)
        written = failed("cannot be written to the disk", errno);
    if (written) {
        size_ += line.size();
        return {};
    }
    // What is left of the line would be healed later; until then it would use up the room that is short.
    if (::ftruncate(file_.value(), static_cast<off_t>(size_)) == 0)
        ::fdatasync(file_.value());
    return written;
}

// A single write() unless the disk or a limit takes only a part.
Result<> ChainedLines::write_whole(std::string_view text) const
{
    while (!text.empty()) {
        const ssize_t count = ::write(file_.value(), text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed("cannot be written to", errno);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace sceau::base
