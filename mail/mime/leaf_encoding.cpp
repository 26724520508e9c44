#include "mail/mime/leaf_encoding.h"

#include "mail/mime/canonical.h"
#include "mail/mime/codec.h"
#include "mail/mime/quoted_printable.h"

namespace sceau::mail::mime {

using base::Result;

namespace {

/// Whether ASCII is itself in the charset, so that line ends can be seen and quoted-printable be read: not in UTF-16.
bool holds_ascii(const std::string& charset)
{
    constexpr std::string_view kSample = "From=20\r\n";
    gsize size = 0;
    const GText converted(g_convert(kSample.data(), kSample.size(), g_mime_charset_iconv_name(charset.c_str()),
                                    "US-ASCII", nullptr, &size, nullptr));
    return !converted || std::string_view(converted.get(), size) == kSample;
}

bool is_text(const Entity& leaf)
{
    gmime();
    return leaf.content_type.type == "text" && holds_ascii(leaf.content_type.parameter("charset").value_or("us-ascii"));
}

/// Bytes that are no lines, so that none of them may be taken for a line end (RFC 2045 §2.9).
bool is_opaque(const Entity& leaf)
{
    return leaf.encoding == Encoding::binary && !is_text(leaf);
}

/// The leaf's content, decoded, with CRLF where a line ends.
Result<> content(const Source& source, const Entity& leaf, const Sink& sink)
{
    if (is_opaque(leaf))
        return stream(source, leaf.body, sink);
    std::optional<Codec> decoder = Codec::decoder(leaf.encoding);
    CanonicalLines lines([&](std::string_view piece) { return sink(decoder ? decoder->step(piece) : piece); });
    TRY(stream(source, leaf.body, [&](std::string_view piece) { return lines.write(piece); }));
    return decoder ? sink(decoder->finish()) : Result<>();
}

Result<> encode_base64(const Source& source, const Entity& leaf, const Sink& sink)
{
    Codec codec = Codec::base64_encoder();
    CanonicalLines lines(sink);
    TRY(content(source, leaf, [&](std::string_view piece) { return lines.write(codec.step(piece)); }));
    return lines.write(codec.finish());
}

Result<> encode_quoted_printable(const Source& source, const Entity& leaf, const Sink& sink)
{
    QuotedPrintableEncoder encoder(sink);
    TRY(content(source, leaf, [&](std::string_view piece) { return encoder.write(piece); }));
    return encoder.finish();
}

Result<Encoding> smaller_encoding(const Source& source, const Entity& leaf)
{
    std::uint64_t plain = 0;
    std::uint64_t quoted = 0;
    TRY(content(source, leaf, [&](std::string_view piece) -> Result<> {
        plain += piece.size();
        return {};
    }));
    TRY(encode_quoted_printable(source, leaf, [&](std::string_view piece) -> Result<> {
        quoted += piece.size();
        return {};
    }));
    const std::uint64_t base64 = (plain + 2) / 3 * 4 * 78 / 76;
    return quoted <= base64 ? Encoding::quoted_printable : Encoding::base64;
}

/// RFC 4648 §4 in lines: its alphabet, groups of four, padding at the end only.
Result<> check_base64(const Source& source, Range body)
{
    std::uint64_t digits = 0;
    std::uint64_t padding = 0;
    TRY(stream(source, body, [&](std::string_view piece) -> Result<> {
        for (const char c : piece) {
            if (c == '\r' || c == '\n' || c == ' ' || c == '\t')
                continue;
            const bool digit = g_ascii_isalnum(c) || c == '+' || c == '/';
            if (c != '=' && (padding > 0 || !digit))
                return std::unexpected(base::bad_message("a part that is declared base64 holds something else"));
            ++(c == '=' ? padding : digits);
        }
        return {};
    }));
    if (padding > 2 || (digits + padding) % 4 != 0)
        return std::unexpected(base::bad_message("a part's base64 is cut off or damaged"));
    return {};
}

} // namespace

std::string_view to_string(Encoding encoding)
{
    switch (encoding) {
    case Encoding::seven_bit:
        return "7bit";
    case Encoding::eight_bit:
        return "8bit";
    case Encoding::binary:
        return "binary";
    case Encoding::quoted_printable:
        return "quoted-printable";
    case Encoding::base64:
        return "base64";
    case Encoding::other:
        break;
    }
    return "x-unknown";
}

Result<std::optional<Encoding>> encoding_to_sign(const Source& source, const Entity& leaf)
{
    TRY_ASSIGN(const Survey found, survey(source, leaf.body));
    if (found.nul && leaf.encoding != Encoding::binary)
        return std::unexpected(base::bad_message("a part that is not declared binary holds NUL bytes"));
    switch (leaf.encoding) {
    case Encoding::other:
        if (found.is_seven_bit())
            return std::nullopt;
        return std::unexpected(base::bad_message("a part has an unknown transfer encoding and is not 7-bit"));
    case Encoding::base64:
        TRY(check_base64(source, leaf.body));
        if (found.is_seven_bit() && !found.trailing_blank)
            return std::nullopt;
        return Encoding::base64;
    case Encoding::quoted_printable:
        // Blanks at the end of its lines are no content (RFC 2045 §6.7 rule 3).
        if (found.is_seven_bit() && !found.from_line)
            return std::nullopt;
        break;
    case Encoding::binary:
        if (is_opaque(leaf) && leaf.body.size() > 0)
            return Encoding::base64;
        [[fallthrough]];
    default:
        if (found.is_seven_bit() && !found.trailing_blank && !found.from_line)
            return std::nullopt;
    }
    if (!is_text(leaf))
        return Encoding::base64;
    return smaller_encoding(source, leaf);
}

Result<> encode_leaf(const Source& source, const Entity& leaf, Encoding encoding, const Sink& sink)
{
    return encoding == Encoding::base64 ? encode_base64(source, leaf, sink)
                                        : encode_quoted_printable(source, leaf, sink);
}

} // namespace sceau::mail::mime
