#include "base/chain_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sceau::base {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
// More bytes than these between two lines are not what a power cut leaves.
constexpr std::size_t kMostTorn = std::size_t{4} << 20;

/// Follows the lines one by one.
class Follower {
  public:
    Follower(const fs::path& newest, const OnLinkedLine& visit) : newest_(newest), visit_(visit) {}

    Result<ChainReport> run();

  private:
    /// A point of the chain, and all bytes after it.
    struct Point {
        ChainHead head;
        std::string after = {};
    };

    void take(const StoredLine& line);
    void link(const StoredLine& line, const ChainLink& link);
    bool heals(const ChainLink& link, const Point& point) const;
    void advance(const StoredLine& line, Point from);
    void note_healed();
    void add_torn(const StoredLine& line);
    void find_fault(const StoredLine& line, const ChainLink& link);
    bool is_earlier_line(const StoredLine& line) const;
    void broken(const StoredLine& line, ChainFault fault);

    fs::path newest_;
    const OnLinkedLine& visit_;
    ChainReader reader_{files_of_chain(newest_)};
    ChainReport report_;
    Point last_;                       // the last line, and what is torn after it
    std::optional<Point> before_;      // the line before that one
    std::optional<StoredLine> linked_; // the last line that was linked
    bool last_heals_ = false;
    std::optional<StoredLine> torn_; // the first line after it that is not whole
};

std::string raw(const StoredLine& line)
{
    return line.ended ? line.text + "\n" : line.text;
}

// Healing adds the line end that was missing.
bool is_torn_part(std::string_view after, const ChainLink& link)
{
    const std::size_t bytes = *link.torn_bytes;
    return (after.size() == bytes || (after.size() == bytes + 1 && after.ends_with('\n'))) &&
           sha256_hex(after.substr(0, bytes)) == *link.torn_sha256;
}

Result<ChainReport> Follower::run()
{
    report_.files = files_of_chain(newest_).size();
    while (!report_.broken) {
        TRY_ASSIGN(const auto line, reader_.next());
        if (!line)
            break;
        take(*line);
    }
    if (!report_.broken && torn_)
        broken(*torn_, ChainFault::torn);
    report_.head = last_.head;
    return report_;
}

void Follower::take(const StoredLine& line)
{
    const auto found = read_link(line.text);
    if (!line.ended || !found)
        return add_torn(line);
    link(line, *found);
}

void Follower::link(const StoredLine& line, const ChainLink& link)
{
    if (link.heals() && heals(link, last_)) {
        advance(line, last_);
        return note_healed();
    }
    // The line that was torn may have lacked no more than its line end.
    if (link.heals() && before_ && heals(link, *before_)) {
        --report_.lines;
        report_.healed -= last_heals_ ? 1 : 0;
        advance(line, *before_);
        return note_healed();
    }
    if (torn_)
        return broken(*torn_, ChainFault::edited);
    if (link.number != last_.head.number + 1 || link.previous != last_.head.sha256)
        return find_fault(line, link);
    advance(line, last_);
}

bool Follower::heals(const ChainLink& link, const Point& point) const
{
    return link.number == point.head.number + 1 && link.previous == point.head.sha256 &&
           is_torn_part(point.after, link);
}

void Follower::advance(const StoredLine& line, Point from)
{
    from.after += raw(line);
    before_ = std::move(from);
    last_ = {.head = {.number = before_->head.number + 1, .sha256 = sha256_hex(line.text)}};
    linked_ = line;
    torn_.reset();
    last_heals_ = false;
    ++report_.lines;
    if (visit_)
        visit_(line, last_.head);
}

void Follower::note_healed()
{
    last_heals_ = true;
    ++report_.healed;
}

void Follower::add_torn(const StoredLine& line)
{
    if (!torn_)
        torn_ = line;
    last_.after += raw(line);
    if (before_)
        before_->after += raw(line);
    if (last_.after.size() > kMostTorn)
        broken(*torn_, ChainFault::edited);
}

// Says which line was tampered with, from the numbers and from what comes after.
void Follower::find_fault(const StoredLine& line, const ChainLink& link)
{
    const unsigned expected = last_.head.number + 1;
    if (link.number < expected)
        return broken(line, is_earlier_line(line) ? ChainFault::duplicated : ChainFault::edited);
    std::optional<ChainLink> next;
    bool comes_later = false;
    for (bool first = true;; first = false) {
        const auto later = reader_.next();
        if (!later || !*later)
            break;
        const auto found = read_link((*later)->text);
        if (first)
            next = found;
        comes_later = comes_later || (found && found->number == expected);
    }
    if (link.number > expected)
        return broken(line, comes_later ? ChainFault::reordered : ChainFault::removed);
    // The number is right and the hash is not: this line was edited, or the one before.
    const bool is_genuine = !next || next->previous == sha256_hex(line.text);
    broken(is_genuine && linked_ ? *linked_ : line, ChainFault::edited);
}

bool Follower::is_earlier_line(const StoredLine& line) const
{
    ChainReader again(files_of_chain(newest_));
    while (true) {
        const auto earlier = again.next();
        if (!earlier || !*earlier || ((*earlier)->file == line.file && (*earlier)->line == line.line))
            return false;
        if ((*earlier)->text == line.text)
            return true;
    }
}

void Follower::broken(const StoredLine& line, ChainFault fault)
{
    const bool is_last_one = linked_ && linked_->file == line.file && linked_->line == line.line;
    report_.broken = {.file = line.file,
                      .line = line.line,
                      .fault = fault,
                      .number = is_last_one ? last_.head.number : last_.head.number + 1};
}

} // namespace

Result<std::optional<StoredLine>> ChainReader::next()
{
    while (true) {
        const std::size_t end = buffer_.find('\n', taken_);
        const bool is_whole = end != std::string::npos;
        if (!is_whole) {
            TRY_ASSIGN(const bool filled, fill());
            if (filled)
                continue;
            if (taken_ == buffer_.size() && opened_ == files_.size() && !file_)
                return std::nullopt;
            if (taken_ == buffer_.size())
                continue;
        }
        StoredLine line{.file = files_.at(opened_ - 1), .line = ++line_, .text = {}, .ended = is_whole};
        const std::size_t size = (is_whole ? end : buffer_.size()) - taken_;
        line.text = buffer_.substr(taken_, size);
        taken_ += size + (is_whole ? 1 : 0);
        return line;
    }
}

// Reads more of the file that is open. At its end it closes the file, and opens the next one once all lines were
// returned. Returns whether there may be more to look at.
Result<bool> ChainReader::fill()
{
    if (!file_) {
        if (taken_ < buffer_.size() || opened_ == files_.size())
            return false;
        buffer_.clear();
        taken_ = line_ = 0;
        const fs::path& path = files_[opened_++];
        file_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        return file_ ? Result<bool>(true)
                     : std::unexpected(io_errno("the journal " + path.string() + " cannot be read", errno));
    }
    if (buffer_.size() - taken_ > kLongestLine) // not a line of a chain
        return false;
    buffer_.erase(0, std::exchange(taken_, 0));
    const std::size_t size = buffer_.size();
    buffer_.resize(size + kPiece);
    ssize_t got = -1;
    do
        got = ::read(file_.value(), buffer_.data() + size, kPiece);
    while (got < 0 && errno == EINTR);
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0)
        return std::unexpected(io_errno("the journal " + files_[opened_ - 1].string() + " cannot be read", errno));
    if (got == 0)
        file_.reset();
    return got > 0;
}

Result<ChainReport> follow_chain(const fs::path& newest, const OnLinkedLine& visit)
{
    return Follower(newest, visit).run();
}

} // namespace sceau::base
