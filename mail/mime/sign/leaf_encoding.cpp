#include "mail/mime/sign/leaf_encoding.h"

#include "mail/mime/canonical.h"
#include "mail/mime/parse/codec.h"
#include "mail/mime/sign/field_meaning.h"
#include "mail/mime/sign/quoted_printable.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Result;

namespace {

bool is_text(const Entity& leaf)
{
    gmime();
    return leaf.content_type.type == "text" && holds_ascii(leaf.content_type.parameter("charset").value_or("us-ascii"));
}

/// Returns whether the body is not text in lines, so that no byte may be taken for a line end (RFC 2045 §2.9).
bool is_opaque(const Entity& leaf)
{
    return leaf.encoding == Encoding::binary && !is_text(leaf);
}

Result<> encode_base64(const Source& source, const Entity& leaf, const Sink& sink)
{
    Codec codec = Codec::base64_encoder();
    CanonicalLines lines(sink);
    TRY(leaf_content(source, leaf, [&](std::string_view piece) { return lines.write(codec.step(piece)); }));
    return lines.write(codec.finish());
}

Result<> encode_quoted_printable(const Source& source, const Entity& leaf, const Sink& sink)
{
    QuotedPrintableEncoder encoder(sink);
    TRY(leaf_content(source, leaf, [&](std::string_view piece) { return encoder.write(piece); }));
    return encoder.finish();
}

Result<Encoding> smaller_encoding(const Source& source, const Entity& leaf)
{
    std::uint64_t plain = 0;
    std::uint64_t quoted = 0;
    TRY(leaf_content(source, leaf, [&](std::string_view piece) -> Result<> {
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

/// Checks base64 in lines (RFC 4648 §4): only its alphabet, groups of four, padding only at the end.
class Base64Check {
  public:
    Result<> write(std::string_view piece)
    {
        while (!piece.empty()) {
            const std::string_view line = piece.substr(0, std::min(piece.find('\n'), piece.size() - 1) + 1);
            if (!take_whole_line(line))
                TRY(take_each(line));
            piece.remove_prefix(line.size());
        }
        return {};
    }

    /// Returns whether the base64 is in the usual form: lines of 76, of which only the last is shorter (RFC 2045 §6.8).
    Result<bool> finish()
    {
        if (padding_ > 2 || (digits_ + padding_) % 4 != 0)
            return std::unexpected(base::bad_message("a part's base64 is cut off or damaged"));
        return regular_ && line_ <= kLine;
    }

  private:
    static constexpr std::uint64_t kLine = 76;

    // Whether each byte is one of the alphabet's.
    static constexpr auto kIsDigit = [] {
        std::array<bool, 256> all{};
        for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
            all[static_cast<unsigned char>(c)] = true;
        return all;
    }();

    static bool is_digit(char c) { return kIsDigit[static_cast<unsigned char>(c)]; }

    // The quick way through nearly all lines. Returns false for any other.
    bool take_whole_line(std::string_view line)
    {
        if (padding_ > 0 || ended_ || !line.ends_with('\n'))
            return false;
        const std::string_view text = line.substr(0, line.size() - (line.ends_with("\r\n") ? 2 : 1));
        bool all_digits = true;
        for (const char c : text)
            all_digits &= is_digit(c);
        if (!all_digits)
            return false;
        digits_ += text.size();
        line_ += text.size();
        end_line();
        return true;
    }

    Result<> take_each(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (c == '\n')
                end_line();
            else if (c == ' ' || c == '\t')
                regular_ = false;
            else if (c != '\r')
                TRY(digit(c));
        }
        return {};
    }

    Result<> digit(char c)
    {
        if (c != '=' && (padding_ > 0 || !is_digit(c)))
            return std::unexpected(base::bad_message("a part that is declared base64 holds something else"));
        ++(c == '=' ? padding_ : digits_);
        regular_ = regular_ && !ended_;
        ++line_;
        return {};
    }

    void end_line()
    {
        regular_ = regular_ && line_ <= kLine;
        ended_ = ended_ || line_ < kLine;
        line_ = 0;
    }

    std::uint64_t digits_ = 0;
    std::uint64_t padding_ = 0;
    std::uint64_t line_ = 0;
    bool ended_ = false; // a line shorter than the others has ended it
    bool regular_ = true;
};

Result<bool> is_regular_base64(const Source& source, Range body)
{
    Base64Check check;
    TRY(stream(source, body, [&](std::string_view piece) { return check.write(piece); }));
    return check.finish();
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
    const bool may_be_changed = found.trailing_blank || found.from_line || found.dot_line;
    switch (leaf.encoding) {
    case Encoding::other:
        if (found.is_seven_bit())
            return std::nullopt;
        return std::unexpected(base::bad_message("a part has an unknown transfer encoding and is not 7-bit"));
    case Encoding::base64: {
        TRY_ASSIGN(const bool regular, is_regular_base64(source, leaf.body));
        return regular && found.is_seven_bit() ? std::nullopt : std::optional(Encoding::base64);
    }
    case Encoding::quoted_printable:
        if (found.is_seven_bit() && !may_be_changed && !found.over_76)
            return std::nullopt;
        break;
    case Encoding::binary:
        if (is_opaque(leaf) && leaf.body.size() > 0)
            return Encoding::base64;
        [[fallthrough]];
    default:
        if (found.is_seven_bit() && !may_be_changed)
            return std::nullopt;
    }
    if (!is_text(leaf))
        return Encoding::base64;
    if (leaf.encoding == Encoding::quoted_printable)
        return leaf.encoding;
    return smaller_encoding(source, leaf);
}

Result<> leaf_content(const Source& source, const Entity& leaf, const Sink& sink)
{
    if (is_opaque(leaf))
        return stream(source, leaf.body, sink);
    std::optional<Codec> decoder = Codec::decoder(leaf.encoding);
    CanonicalLines lines([&](std::string_view piece) { return sink(decoder ? decoder->step(piece) : piece); });
    TRY(stream(source, leaf.body, [&](std::string_view piece) { return lines.write(piece); }));
    return decoder ? sink(decoder->finish()) : Result<>();
}

Result<> encode_leaf(const Source& source, const Entity& leaf, Encoding encoding, const Sink& sink)
{
    return encoding == Encoding::base64 ? encode_base64(source, leaf, sink)
                                        : encode_quoted_printable(source, leaf, sink);
}

} // namespace sceau::mail::mime
