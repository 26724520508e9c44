// GMime's base64 and quoted-printable, applied piece by piece. For files of mail/ only.
#pragma once

#include "mail/mime/gmime.h"
#include "mail/mime/parse/entity.h"

#include <string_view>

namespace sceau::mail::mime {

class Codec {
  public:
    /// Returns nothing for 7bit, 8bit and binary, which need no decoding, and for encodings that RFC 2045 does not
    /// define.
    static std::optional<Codec> decoder(Encoding encoding)
    {
        Codec codec;
        if (encoding == Encoding::base64)
            g_mime_encoding_init_decode(&codec.state_, GMIME_CONTENT_ENCODING_BASE64);
        else if (encoding == Encoding::quoted_printable)
            g_mime_encoding_init_decode(&codec.state_, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
        else
            return std::nullopt;
        return codec;
    }

    static Codec base64_encoder()
    {
        Codec codec;
        g_mime_encoding_init_encode(&codec.state_, GMIME_CONTENT_ENCODING_BASE64);
        return codec;
    }

    /// Returns the result of the next piece, valid until the next call.
    std::string_view step(std::string_view in)
    {
        out_.resize(g_mime_encoding_outlen(&state_, in.size()));
        return std::string_view(out_).substr(0, g_mime_encoding_step(&state_, in.data(), in.size(), out_.data()));
    }

    /// Returns the remaining result. No piece may follow.
    std::string_view finish()
    {
        out_.resize(g_mime_encoding_outlen(&state_, 0));
        return std::string_view(out_).substr(0, g_mime_encoding_flush(&state_, "", 0, out_.data()));
    }

  private:
    Codec() { gmime(); }
    GMimeEncoding state_{};
    std::string out_;
};

} // namespace sceau::mail::mime
