// The line scanner behind parse(): where each entity, field and body begins and ends.
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/parse/field_limits.h"
#include "mail/mime/parse/lines.h"

namespace sceau::mail::mime {

class Scanner {
  public:
    explicit Scanner(const Source& source) : source_(source), lines_(source, {.begin = 0, .end = source.size()}) {}

    /// The whole source as one message. `bad_message` over a limit, `io` when it cannot be read.
    base::Result<Message> scan();

  private:
    /// A line that begins or closes a part of the multipart that is the nth open one.
    struct Delimiter {
        std::size_t nth;
        bool closes;
    };
    enum class Place { message, part };

    base::Result<> advance();
    /// What the present line is to the open multiparts, the innermost first.
    std::optional<Delimiter> delimiter() const;
    bool at_end_of_body() const { return !line_ || delimiter(); }
    /// Where a body ends that the present line ends.
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
    std::optional<Line> line_;          // the present one; none at the end
    std::uint64_t previous_text_end_{}; // of the line before it
    std::vector<std::string> open_;     // "--boundary" of the multiparts around
    std::vector<Defect> defects_;
    std::size_t depth_ = 0;
    std::size_t entities_ = 0;
    std::size_t fields_ = 0;
    FieldLimits limits_;
    std::uint64_t headers_size_ = 0; // of all of them, in bytes
};

} // namespace sceau::mail::mime
