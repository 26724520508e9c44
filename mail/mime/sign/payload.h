// The signed part: the message's content, rewritten where it must be and copied everywhere else.
#pragma once

#include "mail/mime/canonical.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

class PayloadWriter {
  public:
    /// Writes to the descriptor, which stays the caller's.
    PayloadWriter(const Source& source, int fd)
        : source_(source), out_(fd), gate_([this](std::string_view piece) { return out_.write(piece); })
    {
    }

    PayloadWriter(const PayloadWriter&) = delete;
    PayloadWriter& operator=(const PayloadWriter&) = delete;

    /// `protected_fields` stand first in the part's header (RFC 9788 §5.2.1), then come the root's Content-* fields,
    /// with hp="clear". `bad_message` for what cannot be brought into canonical form.
    base::Result<> write(const Entity& root, std::string_view protected_fields);

  private:
    base::Result<> part(const Entity& entity, bool is_message);
    base::Result<> header(const Entity& entity, std::optional<Encoding> encoding, bool is_message);
    base::Result<> content_field(const HeaderField& field, std::optional<Encoding> encoding, const std::string& charset,
                                 bool is_root);
    base::Result<> body(const Entity& entity, std::optional<Encoding> encoding);
    base::Result<> copy(Range range, std::string place);
    /// What stands around parts, the lines that delimit them too.
    base::Result<> aside(Range range, std::string place);
    /// What may not be altered, but for blanks at line ends where they say nothing.
    base::Result<> copy_sealed(const Entity& entity, Range range, const std::string& reason);

    const Source& source_;
    std::string charset_; // of the message's text
    Writer out_;
    SevenBitGate gate_;
};

} // namespace sceau::mail::mime
