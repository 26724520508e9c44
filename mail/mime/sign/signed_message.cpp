#include "mail/mime/parse/lines.h"
#include "mail/mime/sign/random_token.h"
#include "mail/mime/sign/signing.h"
#include "mail/mime/writer.h"

namespace sceau::mail::mime {

using base::Result;

namespace {

/// Returns the name from RFC 8551 §3.5.3.2.
std::string_view micalg(base::Hash hash)
{
    switch (hash) {
    case base::Hash::sha256:
        return "sha-256";
    case base::Hash::sha384:
        return "sha-384";
    case base::Hash::sha512:
        return "sha-512";
    }
    return "unknown";
}

Result<bool> has_line(const Source& source, std::string_view beginning)
{
    LineReader lines(source, {.begin = 0, .end = source.size()});
    for (;;) {
        TRY_ASSIGN(const auto line, lines.next());
        if (!line)
            return false;
        if (line->head.starts_with(beginning))
            return true;
    }
}

/// Returns a boundary that no line of the payload begins with (RFC 2046 §5.1.1).
Result<std::string> boundary_beside(const Source& payload)
{
    for (;;) {
        TRY_ASSIGN(const std::string token, random_token());
        std::string boundary = "sceau-" + token;
        TRY_ASSIGN(const bool taken, has_line(payload, "--" + boundary));
        if (!taken)
            return boundary;
    }
}

Result<> write_signature(Writer& out, base::BytesView signature)
{
    TRY(out.write("Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
                  "Content-Transfer-Encoding: base64\r\n"
                  "Content-Disposition: attachment; filename=smime.p7s\r\n"
                  "\r\n"));
    constexpr std::size_t kWidth = 76; // RFC 2045 §6.8
    const std::string text = base::to_base64(signature);
    for (std::size_t at = 0; at < text.size(); at += kWidth)
        TRY(out.write(text.substr(at, kWidth) + "\r\n"));
    return {};
}

} // namespace

Result<> write_signed(const Prepared& prepared, base::Hash hash, base::BytesView signature, int out_fd)
{
    TRY_ASSIGN(const std::string boundary, boundary_beside(prepared.payload));
    Writer out(out_fd);
    TRY(out.write(prepared.outer_header));
    TRY(out.write("Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n micalg=" +
                  std::string(micalg(hash)) + "; boundary=\"" + boundary + "\"\r\n\r\n"));
    TRY(out.write("This is an S/MIME signed message.\r\n\r\n--" + boundary + "\r\n"));
    TRY(stream(prepared.payload, {.begin = 0, .end = prepared.payload.size()},
               [&](std::string_view piece) { return out.write(piece); }));
    TRY(out.write("\r\n--" + boundary + "\r\n"));
    TRY(write_signature(out, signature));
    TRY(out.write("--" + boundary + "--\r\n"));
    return out.flush();
}

} // namespace sceau::mail::mime
