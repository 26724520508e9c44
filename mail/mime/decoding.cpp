#include "mail/mime/decoding.h"

#include "mail/mime/gmime.h"

namespace sceau::mail::mime {

using base::Result;

namespace {

/// GMime's streaming codec.
class Decoder {
  public:
    explicit Decoder(GMimeContentEncoding encoding)
    {
        gmime();
        g_mime_encoding_init_decode(&state_, encoding);
    }

    std::string_view step(std::string_view in)
    {
        out_.resize(g_mime_encoding_outlen(&state_, in.size()));
        return std::string_view(out_).substr(0, g_mime_encoding_step(&state_, in.data(), in.size(), out_.data()));
    }

    std::string_view finish()
    {
        out_.resize(g_mime_encoding_outlen(&state_, 0));
        return std::string_view(out_).substr(0, g_mime_encoding_flush(&state_, "", 0, out_.data()));
    }

  private:
    GMimeEncoding state_{};
    std::string out_;
};

} // namespace

Result<> decode(const Source& source, Range body, Encoding encoding, const Sink& sink)
{
    if (encoding != Encoding::quoted_printable && encoding != Encoding::base64)
        return stream(source, body, sink);
    Decoder decoder(encoding == Encoding::base64 ? GMIME_CONTENT_ENCODING_BASE64
                                                 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    TRY(stream(source, body, [&](std::string_view piece) { return sink(decoder.step(piece)); }));
    return sink(decoder.finish());
}

Result<Source> decoded_body(const Source& source, const Entity& leaf)
{
    TRY_ASSIGN(base::UniqueFd file, temporary_file());
    Writer writer(file.value());
    TRY(decode(source, leaf.body, leaf.encoding, [&](std::string_view piece) { return writer.write(piece); }));
    TRY(writer.flush());
    return Source::open(std::move(file));
}

} // namespace sceau::mail::mime
