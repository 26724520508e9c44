// The signed part: the message's content, rewritten where necessary and copied everywhere else.
#pragma once

#include "mail/mime/canonical.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

class PayloadWriter {
  public:
    /// Writes to the descriptor, which the caller keeps.
    PayloadWriter(const Source& source, int fd)
        : source_(source), out_(fd), gate_([this](std::string_view piece) { return out_.write(piece); })
    {
    }

    PayloadWriter(const PayloadWriter&) = delete;
    PayloadWriter& operator=(const PayloadWriter&) = delete;

    /// Writes the part, whose header has `protected_fields` first (RFC 9788 §5.2.1) and then the root's Content-*
    /// fields, with hp="clear". Fails with `bad_message` for content that cannot be brought into canonical form.
    base::Result<> write(const Entity& root, std::string_view protected_fields);

  private:
    base::Result<> part(const Entity& entity, bool is_message);
    base::Result<> header(const Entity& entity, std::optional<Encoding> encoding, bool is_message);
    base::Result<> content_field(const HeaderField& field, std::optional<Encoding> encoding, const std::string& charset,
                                 bool is_root);
    base::Result<> body(const Entity& entity, std::optional<Encoding> encoding);
    base::Result<> copy(Range range, std::string place);
    /// Writes the text around parts, and the lines that delimit them.
    base::Result<> aside(Range range, std::string place);
    /// Copies what must not be altered, except for blanks at line ends where they have no meaning.
    base::Result<> copy_sealed(const Entity& entity, Range range, const std::string& reason);

    const Source& source_;
    std::string charset_; // the charset of the message's text
    Writer out_;
    SevenBitGate gate_;
};

} // namespace sceau::mail::mime
