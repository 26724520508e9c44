// The line scanner that parse() uses. It finds where each entity, field and body begins and ends.
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/parse/field_limits.h"
#include "mail/mime/parse/lines.h"

namespace sceau::mail::mime {

class Scanner {
  public:
    explicit Scanner(const Source& source) : source_(source), lines_(source, {.begin = 0, .end = source.size()}) {}

    /// Reads the whole source as one message. Fails with `bad_message` for a message over a limit, and with `io` if the
    /// source cannot be read.
    base::Result<Message> scan();

  private:
    /// A line that begins a part of the nth open multipart or closes that multipart.
    struct Delimiter {
        std::size_t nth;
        bool closes;
    };
    enum class Place { message, part };

    base::Result<> advance();
    /// Returns which open multipart the current line delimits, if any, the innermost first.
    std::optional<Delimiter> delimiter() const;
    bool at_end_of_body() const { return !line_ || delimiter(); }
    /// Returns the end of a body that the current line ends.
    std::uint64_t body_end(std::uint64_t body_begin) const;
    base::Result<Range> skip_to_delimiter();

    base::Result<Entity> entity(Place place, const ContentType& default_type);
    base::Result<> header(Entity& entity, Place place);
    void header_line(Entity& entity, Place place);
    base::Result<> read_fields(Entity& entity);
    void read_values(Entity& entity);
    base::Result<> content(Entity& entity);
    base::Result<> multipart(Entity& entity, const std::string& boundary);
    base::Result<> parts(Entity& entity);
    void defect(std::uint64_t offset, std::string what) { defects_.push_back({offset, std::move(what)}); }

    const Source& source_;
    LineReader lines_;
    std::optional<Line> line_;          // the current one; empty at the end
    std::uint64_t previous_text_end_{}; // where the text of the line before it ends
    std::vector<std::string> open_;     // "--boundary" of each multipart around the position
    std::vector<Defect> defects_;
    std::size_t depth_ = 0;
    std::size_t entities_ = 0;
    std::size_t fields_ = 0;
    FieldLimits limits_;
    std::uint64_t headers_size_ = 0; // all headers together, in bytes
};

} // namespace sceau::mail::mime
