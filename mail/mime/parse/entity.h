// The structure of a message: a tree of MIME entities (RFC 2045, 2046) with the exact bytes of each in its source. What
// is signed and judged is bytes, and GMime gives no ranges for multiparts (and wrong ones where line ends are mixed),
// so a line scanner finds the ranges; every value (types, parameters, RFC 2047 and 2231 text, addresses) is read by
// GMime, and a message that GMime takes apart in another way is refused.
#pragma once

#include "mail/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::mail::mime {

struct HeaderField {
    std::string name;  // as it is written
    std::string value; // as it is written after the colon, folds included, without the last line end
    Range range;       // the whole field with its last line end

    /// Without case, as RFC 5322 §1.2.2 has it.
    bool is(std::string_view other) const;
    bool begins(std::string_view prefix) const;
    /// Whether it describes the body rather than the message: Content-* (RFC 2045 §9).
    bool is_content() const { return begins("Content-"); }
};

struct Parameter {
    std::string name;  // lower case
    std::string value; // UTF-8, RFC 2231 and RFC 2047 decoded
};

/// The value of the first parameter of that name (lower case).
std::optional<std::string> find(const std::vector<Parameter>& parameters, std::string_view name);

struct ContentType {
    std::string type = "text"; // lower case, as subtype
    std::string subtype = "plain";
    std::vector<Parameter> parameters;

    bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
    std::optional<std::string> parameter(std::string_view name) const { return find(parameters, name); }
};

/// RFC 2045 §6. `other` is one that the RFC does not define, uuencode too.
enum class Encoding { seven_bit, eight_bit, binary, quoted_printable, base64, other };

struct Entity {
    Range range;     // header and body; the line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)
    Range mbox_line; // "From someone Thu Jan 1 …" above the header, where a mail store left it; else empty
    Range header;    // the fields, without the empty line
    Range body;
    std::vector<HeaderField> fields; // in their order, repeated ones too

    ContentType content_type; // the default of RFC 2045 §5.2 or RFC 2046 §5.1.5 where none is given
    Encoding encoding = Encoding::seven_bit;
    std::string disposition; // lower case, empty where none is given
    std::string filename;    // UTF-8, of Content-Disposition or Content-Type; empty where none is given

    std::vector<Entity> children; // parts of a multipart, or the one message of a message/rfc822
    Range preamble;               // of a multipart
    Range epilogue;               // of a multipart that is closed

    bool is_multipart() const { return content_type.type == "multipart"; }
    /// message/rfc822 and its kin, when their body is a message as it stands.
    bool is_message() const;
    bool is_leaf() const { return !is_multipart() && !is_message(); }

    /// The first field of that name, or null.
    const HeaderField* field(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

/// Where a message departs from the standards so that two programs may read it differently.
struct Defect {
    std::uint64_t offset; // in bytes
    std::string what;     // in the words of an error: "a multipart has no close delimiter"
};

struct Message {
    Entity root;
    std::vector<Defect> defects; // in no order
};

/// `bad_message` when it is empty, when GMime takes it apart in another way, or when it goes over a limit
/// (mail/limit.h). `io` when it cannot be read.
base::Result<Message> parse(const Source& message);

/// The bytes of a range that is known to be small. `io` when they cannot be read.
base::Result<std::string> read_text(const Source& source, Range range);

} // namespace sceau::mail::mime
