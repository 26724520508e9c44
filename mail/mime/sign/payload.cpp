#include "mail/mime/sign/payload.h"

#include "mail/mime/sign/field_meaning.h"
#include "mail/mime/sign/leaf_encoding.h"
#include "mail/mime/sign/seven_bit_header.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Result;

namespace {

bool holds_signature(const Entity& entity)
{
    return entity.content_type.is("multipart", "signed") || std::ranges::any_of(entity.children, holds_signature);
}

/// Returns whether a body consists of header fields or is not read at all (RFC 3464 §2.1, RFC 8098 §3.1, RFC 5965 §2,
/// RFC 2046 §5.2.3).
bool is_fields(const Entity& entity)
{
    constexpr std::array kSubtypes = {"delivery-status", "disposition-notification", "feedback-report",
                                      "external-body"};
    return entity.content_type.type == "message" && entity.is_leaf() &&
           std::ranges::any_of(kSubtypes, [&](const char* name) { return entity.content_type.subtype == name; });
}

/// Puts a blank before lines that mail stores quote or in which SMTP doubles a dot. This is harmless, since text around
/// parts is not shown.
std::string with_safe_beginnings(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = i == 0 || text[i - 1] == '\n';
        if (begins && (text[i] == '.' || text.substr(i).starts_with("From ")))
            result += ' ';
        result += text[i];
    }
    return result;
}

/// Returns why an entity may not be altered, or nothing if it may.
std::optional<std::string> seal(const Entity& entity)
{
    const bool carries_signature = entity.is_message() && holds_signature(entity);
    if (carries_signature || entity.content_type.is("multipart", "signed") ||
        entity.content_type.is("multipart", "encrypted"))
        return "what is signed or encrypted already";
    // RFC 2046 §5.2.2 and §5.2.3, RFC 3464 §2.1, RFC 8098 §3.1
    const bool encoded = entity.encoding == Encoding::base64 || entity.encoding == Encoding::quoted_printable;
    if (entity.content_type.type == "message" && entity.is_leaf() && !encoded)
        return "a part that may be only 7-bit";
    return std::nullopt;
}

/// Returns the encoding for an entity's Content-Transfer-Encoding, or nothing if the field may stay.
Result<std::optional<Encoding>> encoding_to_tell(const Source& source, const Entity& entity)
{
    if (seal(entity))
        return std::nullopt;
    if (entity.is_leaf()) {
        TRY_ASSIGN(const auto encoding, encoding_to_sign(source, entity));
        if (encoding)
            return encoding;
    }
    if (entity.encoding == Encoding::eight_bit || entity.encoding == Encoding::binary)
        return Encoding::seven_bit;
    return std::nullopt;
}

std::string encoding_field(Encoding encoding)
{
    return "Content-Transfer-Encoding: " + std::string(to_string(encoding)) + "\r\n";
}

} // namespace

Result<> PayloadWriter::write(const Entity& root, std::string_view protected_fields)
{
    TRY_ASSIGN(const auto encoding, encoding_to_tell(source_, root));
    gate_.set_place("the header");
    TRY(gate_.write(protected_fields));
    charset_ = body_charset(root);
    for (const HeaderField& field : root.fields)
        if (field.is_content())
            TRY(content_field(field, encoding, charset_, true));
    if (!root.field("Content-Type"))
        TRY(gate_.write("Content-Type: text/plain; hp=\"clear\"\r\n")); // RFC 2045 §5.2, without claiming a charset
    if (encoding && !root.field("Content-Transfer-Encoding"))
        TRY(gate_.write(encoding_field(*encoding)));
    TRY(gate_.write("\r\n"));
    const auto sealed = seal(root);
    TRY(sealed ? copy_sealed(root, root.body, *sealed) : body(root, encoding));
    return out_.flush();
}

Result<> PayloadWriter::part(const Entity& entity, bool is_message)
{
    if (const auto sealed = seal(entity))
        return copy_sealed(entity, entity.range, *sealed);
    TRY_ASSIGN(const auto encoding, encoding_to_tell(source_, entity));
    // A mail store's line above the header is not part of the message, and would be quoted.
    TRY(header(entity, encoding, is_message));
    TRY(copy({.begin = entity.header.end, .end = entity.body.begin}, "the line after a header"));
    return body(entity, encoding);
}

Result<> PayloadWriter::header(const Entity& entity, std::optional<Encoding> encoding, bool is_message)
{
    gate_.set_place("a part's header");
    const std::string own = body_charset(entity);
    const std::string& charset = own.empty() ? charset_ : own;
    for (const HeaderField& field : entity.fields)
        TRY(content_field(field, encoding, charset, false));
    const bool adds = encoding && !entity.field("Content-Transfer-Encoding");
    if (adds && is_message && !entity.field("MIME-Version"))
        TRY(gate_.write("MIME-Version: 1.0\r\n"));
    return adds ? gate_.write(encoding_field(*encoding)) : Result<>();
}

Result<> PayloadWriter::content_field(const HeaderField& field, std::optional<Encoding> encoding,
                                      const std::string& charset, bool is_root)
{
    if (encoding && field.is("Content-Transfer-Encoding"))
        return gate_.write(encoding_field(*encoding));
    TRY_ASSIGN(const std::string text, is_root&& field.is("Content-Type")
                                           ? with_parameter(field, "hp", "clear", charset)
                                           : seven_bit_field(field, charset));
    return gate_.write(text);
}

Result<> PayloadWriter::body(const Entity& entity, std::optional<Encoding> encoding)
{
    if (entity.is_leaf() && encoding && *encoding != Encoding::seven_bit) {
        gate_.set_place("an encoded part");
        return encode_leaf(source_, entity, *encoding, [this](std::string_view piece) { return gate_.write(piece); });
    }
    std::uint64_t at = entity.body.begin;
    for (const Entity& child : entity.children) {
        TRY(aside({.begin = at, .end = child.range.begin}, "the text before or between the parts of a multipart"));
        TRY(part(child, entity.is_message()));
        at = child.range.end;
    }
    const Range rest{.begin = at, .end = entity.body.end};
    return entity.is_leaf() ? copy(rest, "a part") : aside(rest, "the text after the parts of a multipart");
}

Result<> PayloadWriter::copy(Range range, std::string place)
{
    gate_.set_place(std::move(place));
    CanonicalLines lines([this](std::string_view piece) { return gate_.write(piece); });
    return stream(source_, range, [&](std::string_view piece) { return lines.write(piece); });
}

Result<> PayloadWriter::copy_sealed(const Entity& entity, Range range, const std::string& reason)
{
    if (!is_fields(entity))
        return copy(range, reason);
    gate_.set_place(reason);
    CanonicalLines lines([this](std::string_view piece) { return gate_.write(piece); });
    TrimmedLines trimmed([&](std::string_view piece) { return lines.write(piece); });
    TRY(stream(source_, range, [&](std::string_view piece) { return trimmed.write(piece); }));
    return trimmed.finish();
}

Result<> PayloadWriter::aside(Range range, std::string place)
{
    TRY_ASSIGN(const std::string text, read_text(source_, range));
    gate_.set_place(std::move(place));
    CanonicalLines lines([this](std::string_view piece) { return gate_.write(piece); });
    TrimmedLines trimmed([&](std::string_view piece) { return lines.write(piece); });
    TRY(trimmed.write(with_safe_beginnings(text)));
    return trimmed.finish();
}

} // namespace sceau::mail::mime
