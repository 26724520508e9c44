#include "ipc/frame.h"

#include <nlohmann/json.hpp>

#include <set>
#include <vector>

namespace sceau::ipc {

namespace {

using base::bad_frame;
using nlohmann::json;

// Follows the parser's events and stops it at what a frame may not hold, so that nothing is ever built of that.
class FrameCheck final : public json::json_sax_t {
  public:
    base::Result<> result() const { return reason_.empty() ? base::Result<>() : std::unexpected(bad_frame(reason_)); }

    bool null() override { return inside_object(); }
    bool boolean(bool) override { return inside_object(); }
    bool number_integer(number_integer_t) override { return inside_object(); }
    bool number_unsigned(number_unsigned_t) override { return inside_object(); }
    bool number_float(number_float_t, const string_t&) override { return inside_object(); }
    bool string(string_t&) override { return inside_object(); }
    bool binary(binary_t&) override { return inside_object(); }

    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return inside_object() && open(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override
    {
        return names_.back().insert(name).second || stop("the same name twice in an object");
    }
    bool parse_error(std::size_t position, const std::string&, const json::exception&) override
    {
        return stop("not JSON in UTF-8, at byte " + std::to_string(position));
    }

  private:
    bool inside_object() { return !names_.empty() || stop("not an object"); }
    bool open()
    {
        names_.emplace_back();
        return names_.size() <= kMaxNesting || stop("nested deeper than " + std::to_string(kMaxNesting));
    }
    bool close()
    {
        names_.pop_back();
        return true;
    }
    bool stop(std::string reason)
    {
        reason_ = std::move(reason);
        return false;
    }

    std::vector<std::set<std::string>> names_; // of each open object; an open array has none
    std::string reason_;
};

} // namespace

void FrameReader::feed(std::string_view bytes)
{
    drop_taken();
    buffer_.append(bytes);
}

// An idle client is not to keep the memory of its longest frame.
void FrameReader::drop_taken()
{
    constexpr std::size_t kWorthKeeping = 4096;
    buffer_.erase(0, taken_);
    taken_ = 0;
    if (buffer_.capacity() > kWorthKeeping && buffer_.capacity() / 4 > buffer_.size())
        buffer_.shrink_to_fit();
}

base::Result<std::optional<std::string>> FrameReader::next()
{
    const std::size_t end = buffer_.find('\0', taken_ + scanned_);
    const std::size_t size = std::min(end, buffer_.size()) - taken_;
    if (size > kMaxFrameSize)
        return std::unexpected(bad_frame("longer than " + std::to_string(kMaxFrameSize) + " bytes"));
    if (end == std::string::npos) {
        scanned_ = size;
        drop_taken();
        return std::nullopt;
    }
    std::string frame = buffer_.substr(taken_, size);
    taken_ = end + 1;
    scanned_ = 0;
    TRY(check_frame(frame));
    return frame;
}

base::Result<> check_frame(std::string_view text)
{
    FrameCheck check;
    json::sax_parse(text, &check);
    return check.result();
}

} // namespace sceau::ipc
