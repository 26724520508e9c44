#include "base/codec.h"

#include <set>

namespace sceau::base {

namespace {

using nlohmann::json;

// Follows the parser's events and stops it at anything that an object may not contain, so that none of that is ever
// built.
class ObjectCheck final : public json::json_sax_t {
  public:
    explicit ObjectCheck(std::size_t most_nesting) : most_nesting_(most_nesting) {}

    Result<> result() const { return reason_.empty() ? Result<>() : std::unexpected(bad_frame(reason_)); }

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
        return names_.size() <= most_nesting_ || stop("nested deeper than " + std::to_string(most_nesting_));
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

    std::size_t most_nesting_;
    std::vector<std::set<std::string>> names_; // of each open object; an open array has an empty set
    std::string reason_;
};

} // namespace

Result<> check_object(std::string_view text, std::size_t most_nesting)
{
    ObjectCheck check(most_nesting);
    json::sax_parse(text, &check);
    return check.result();
}

} // namespace sceau::base
