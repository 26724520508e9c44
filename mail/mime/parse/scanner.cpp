#include "mail/mime/parse/scanner.h"

#include "mail/limit.h"
#include "mail/mime/parse/values.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf"; // U+FEFF
constexpr std::uint64_t kHeadersLimit = 4 << 20;
constexpr std::size_t kDepthLimit = 100;
constexpr std::size_t kEntityLimit = 10'000;
constexpr std::size_t kFieldLimit = 50'000;    // in all headers together: each costs far more memory than its bytes
constexpr std::uint64_t kAsideLimit = 1 << 20; // of a preamble or epilogue, which GMime keeps in memory

/// Returns the length of the field name at the start of a line, or 0 if there is none: printable ASCII except the colon
/// (RFC 5322 §3.6.8). Blanks before the colon (§4.5) are not allowed, because Python, for example, ends the header
/// there.
std::size_t name_size(std::string_view line)
{
    const auto name = std::ranges::find_if_not(line, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
    return name != line.end() && *name == ':' ? static_cast<std::size_t>(name - line.begin()) : 0;
}

std::string_view without_last_blanks(std::string_view text)
{
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool is_encoded(Encoding encoding)
{
    return encoding == Encoding::quoted_printable || encoding == Encoding::base64 || encoding == Encoding::other;
}

} // namespace

Result<Message> Scanner::scan()
{
    TRY(advance());
    if (!line_)
        return std::unexpected(base::bad_message("the message is empty"));
    if (line_->head.starts_with(kByteOrderMark)) { // some exported mails begin with it; it belongs to no field
        line_->range.begin += kByteOrderMark.size();
        line_->head.remove_prefix(kByteOrderMark.size());
    }
    TRY_ASSIGN(Entity root, entity(Place::message, ContentType()));
    return Message{.root = std::move(root), .defects = std::move(defects_)};
}

Result<> Scanner::advance()
{
    if (line_)
        previous_text_end_ = line_->text_end;
    TRY_ASSIGN(line_, lines_.next());
    return {};
}

std::optional<Scanner::Delimiter> Scanner::delimiter() const
{
    if (!line_ || !line_->head.starts_with("--") || line_->head.size() == LineReader::kHead)
        return std::nullopt;
    const std::string_view text = without_last_blanks(line_->head);
    for (std::size_t nth = open_.size(); nth-- > 0;) {
        const std::string_view boundary =
            without_last_blanks(open_[nth]); // some end in a blank, which relays may strip
        if (text == boundary)
            return Delimiter{.nth = nth, .closes = false};
        if (text.starts_with(boundary) && (text.substr(boundary.size()) == "--" || text == open_[nth] + "--"))
            return Delimiter{.nth = nth, .closes = true};
    }
    return std::nullopt;
}

std::uint64_t Scanner::body_end(std::uint64_t body_begin) const
{
    return line_ ? std::max(body_begin, previous_text_end_) : source_.size();
}

Result<Range> Scanner::skip_to_delimiter()
{
    const std::uint64_t begin = line_ ? line_->range.begin : source_.size();
    while (!at_end_of_body()) {
        if (const auto skipped = lines_.skip_to_line_with('-'))
            line_->text_end = *skipped;
        TRY(advance());
    }
    return Range{.begin = begin, .end = body_end(begin)};
}

Result<Entity> Scanner::entity(Place place, const ContentType& default_type)
{
    if (++entities_ > kEntityLimit)
        return std::unexpected(over(Limit::parts));
    if (++depth_ > kDepthLimit)
        return std::unexpected(over(Limit::nesting));
    Entity entity;
    entity.content_type = default_type;
    entity.range.begin = line_ ? line_->range.begin : source_.size();
    TRY(header(entity, place));
    TRY(content(entity));
    entity.range.end = body_end(entity.range.begin);
    if (entity.body.begin > entity.range.end) // the empty line after the header belongs to the delimiter
        entity.body = {.begin = entity.range.end, .end = entity.range.end};
    --depth_;
    return entity;
}

Result<> Scanner::header(Entity& entity, Place place)
{
    const std::uint64_t begin = entity.range.begin;
    entity.mbox_line = entity.header = {.begin = begin, .end = begin};
    bool closed = false;
    while (!closed && line_ && !delimiter()) {
        closed = line_->blank();
        const std::size_t before = entity.fields.size();
        if (!closed)
            header_line(entity, place);
        fields_ += entity.fields.size() - before;
        if (fields_ > kFieldLimit)
            return std::unexpected(over(Limit::fields));
        headers_size_ += line_->range.size();
        if (headers_size_ > kHeadersLimit)
            return std::unexpected(over(Limit::header));
        TRY(advance());
    }
    if (!closed && line_)
        defect(line_->range.begin, "a part's header runs into the delimiter of a multipart");
    TRY(read_fields(entity));
    read_values(entity);
    return {};
}

void Scanner::header_line(Entity& entity, Place place)
{
    const Line& line = *line_;
    const bool first = line.range.begin == entity.header.begin && place == Place::message;
    // The quoted form is what one store makes of another's line; it can be recognized only above a whole mail.
    const bool quoted = depth_ == 1 && line.head.starts_with(">From ");
    if (first && (quoted || line.head.starts_with("From ")) && name_size(line.head) == 0) {
        entity.mbox_line.end = line.range.end;
        entity.header = {.begin = line.range.end, .end = line.range.end};
        return;
    }
    entity.header.end = line.range.end;
    const bool continues = line.head.starts_with(' ') || line.head.starts_with('\t');
    if (const std::size_t size = name_size(line.head); !continues && size > 0)
        entity.fields.push_back({.name = std::string(line.head.substr(0, size)), .value = {}, .range = line.range});
    else if (continues && !entity.fields.empty() && entity.fields.back().range.end == line.range.begin)
        entity.fields.back().range.end = line.range.end;
    else
        defect(line.range.begin, "a line in a header is no header field");
}

Result<> Scanner::read_fields(Entity& entity)
{
    for (HeaderField& field : entity.fields) {
        TRY_ASSIGN(std::string text, read_text(source_, field.range));
        if (text.ends_with('\n'))
            text.resize(text.size() - (text.ends_with("\r\n") ? 2 : 1));
        field.value = text.substr(text.find(':') + 1);
        TRY(limits_.check(field));
        if (field.value.find('\0') != std::string::npos)
            defect(field.range.begin, "a header field holds a NUL byte");
        for (auto cr = field.value.find('\r'); cr != std::string::npos; cr = field.value.find('\r', cr + 1))
            if (field.value.compare(cr, 2, "\r\n") != 0)
                defect(field.range.begin, "a header field holds a CR that is no line end");
    }
    for (const char* name : {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"})
        if (entity.count(name) > 1)
            defect(entity.range.begin, std::string("a part has several fields ") + name);
    return {};
}

void Scanner::read_values(Entity& entity)
{
    if (const HeaderField* field = entity.field("Content-Type"))
        entity.content_type = read_content_type(field->value);
    if (const HeaderField* field = entity.field("Content-Transfer-Encoding"))
        entity.encoding = read_encoding(field->value);
    Disposition disposition;
    if (const HeaderField* field = entity.field("Content-Disposition"))
        disposition = read_disposition(field->value);
    entity.disposition = disposition.kind;
    const auto filename = find(disposition.parameters, "filename");
    entity.filename = filename ? *filename : entity.content_type.parameter("name").value_or("");
    for (const Parameter& parameter : entity.content_type.parameters) {
        const bool is_hint = parameter.name == "micalg"; // nothing is read by it (RFC 8551 §3.5.3.2)
        if (!is_hint && entity.content_type.parameter(parameter.name) != parameter.value)
            defect(entity.range.begin, "a part's Content-Type has a parameter twice");
    }
}

Result<> Scanner::content(Entity& entity)
{
    if (entity.is_multipart()) {
        const std::string boundary = entity.content_type.parameter("boundary").value_or("");
        if (boundary.empty())
            defect(entity.range.begin, "a multipart has no boundary parameter");
        else
            return multipart(entity, boundary);
    }
    if (entity.is_message() && !is_encoded(entity.encoding) && !at_end_of_body()) {
        TRY_ASSIGN(Entity message, this->entity(Place::message, ContentType()));
        entity.body = message.range;
        entity.children.push_back(std::move(message));
        return {};
    }
    TRY_ASSIGN(entity.body, skip_to_delimiter());
    return {};
}

Result<> Scanner::multipart(Entity& entity, const std::string& boundary)
{
    entity.body.begin = line_ ? line_->range.begin : source_.size();
    open_.push_back("--" + boundary);
    TRY_ASSIGN(entity.preamble, skip_to_delimiter());
    TRY(parts(entity));
    const auto end = delimiter();
    const bool closed = end && end->nth + 1 == open_.size();
    open_.pop_back();
    if (closed) {
        TRY(advance());
        TRY_ASSIGN(entity.epilogue, skip_to_delimiter());
    } else {
        defect(entity.range.begin, "a multipart has no close delimiter");
    }
    entity.body.end = body_end(entity.body.begin);
    if (entity.preamble.size() > kAsideLimit || entity.epilogue.size() > kAsideLimit)
        return std::unexpected(over(Limit::aside));
    return {};
}

Result<> Scanner::parts(Entity& entity)
{
    ContentType default_type;
    if (entity.content_type.subtype == "digest")
        default_type = {.type = "message", .subtype = "rfc822", .parameters = {}};
    for (auto next = delimiter(); next && next->nth + 1 == open_.size() && !next->closes; next = delimiter()) {
        TRY(advance());
        TRY_ASSIGN(Entity part, this->entity(Place::part, default_type));
        entity.children.push_back(std::move(part));
    }
    if (entity.children.empty())
        defect(entity.range.begin, "a multipart has no parts");
    return {};
}

} // namespace sceau::mail::mime
