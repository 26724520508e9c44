#include "mail/mime/decoding.h"

#include "mail/mime/codec.h"

namespace sceau::mail::mime {

using base::Result;

Result<> decode(const Source& source, Range body, Encoding encoding, const Sink& sink)
{
    std::optional<Codec> decoder = Codec::decoder(encoding);
    if (!decoder)
        return stream(source, body, sink);
    TRY(stream(source, body, [&](std::string_view piece) { return sink(decoder->step(piece)); }));
    return sink(decoder->finish());
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
