// The structure of a message: a tree of MIME entities (RFC 2045, 2046) with the exact bytes of each in its source.
// Signing and judging work on bytes, but GMime gives no ranges for multiparts (and wrong ones where line ends are
// mixed). So a line scanner finds the ranges, and GMime reads every value (types, parameters, RFC 2047 and 2231 text,
// addresses). A message that GMime takes apart differently is refused.
#pragma once

#include "mail/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::mail::mime {

struct HeaderField {
    std::string name;  // as written
    std::string value; // as written after the colon, with folds, without the last line end
    Range range;       // the whole field, with its last line end

    /// Compares without case, as in RFC 5322 §1.2.2.
    bool is(std::string_view other) const;
    bool begins(std::string_view prefix) const;
    /// Returns whether the field describes the body rather than the message: Content-* (RFC 2045 §9).
    bool is_content() const { return begins("Content-"); }
};

struct Parameter {
    std::string name;  // lower case
    std::string value; // UTF-8, RFC 2231 and RFC 2047 decoded
};

/// Returns the value of the first parameter with that name (lower case).
std::optional<std::string> find(const std::vector<Parameter>& parameters, std::string_view name);

struct ContentType {
    std::string type = "text"; // lower case, like subtype
    std::string subtype = "plain";
    std::vector<Parameter> parameters;

    bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
    std::optional<std::string> parameter(std::string_view name) const { return find(parameters, name); }
};

/// RFC 2045 §6. `other` is an encoding that the RFC does not define, such as uuencode.
enum class Encoding { seven_bit, eight_bit, binary, quoted_printable, base64, other };

struct Entity {
    Range range;     // header and body; the line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)
    Range mbox_line; // "From someone Thu Jan 1 …" above the header if a mail store left it, otherwise empty
    Range header;    // the fields, without the empty line
    Range body;
    std::vector<HeaderField> fields; // in their order, including repeated ones

    ContentType content_type; // the default of RFC 2045 §5.2 or RFC 2046 §5.1.5 if none is given
    Encoding encoding = Encoding::seven_bit;
    std::string disposition; // lower case; empty if none is given
    std::string filename;    // UTF-8, from Content-Disposition or Content-Type; empty if none is given

    std::vector<Entity> children; // parts of a multipart, or the one message of a message/rfc822
    Range preamble;               // of a multipart
    Range epilogue;               // of a multipart that has a close delimiter

    bool is_multipart() const { return content_type.type == "multipart"; }
    /// Returns whether the entity is a message/rfc822 or a related type whose body is an unencoded message.
    bool is_message() const;
    bool is_leaf() const { return !is_multipart() && !is_message(); }

    /// Returns the first field with that name, or null.
    const HeaderField* field(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

/// A departure from the standards that two programs may read differently.
struct Defect {
    std::uint64_t offset; // in bytes
    std::string what;     // in the words of an error: "a multipart has no close delimiter"
};

struct Message {
    Entity root;
    std::vector<Defect> defects; // in no particular order
};

/// Fails with `bad_message` if the message is empty, if GMime takes it apart differently, or if it exceeds a limit
/// (mail/limit.h). Fails with `io` if it cannot be read.
base::Result<Message> parse(const Source& message);

/// Returns the bytes of a range that is known to be small. Fails with `io` if they cannot be read.
base::Result<std::string> read_text(const Source& source, Range range);

} // namespace sceau::mail::mime
