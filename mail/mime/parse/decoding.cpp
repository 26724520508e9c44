#include "mail/mime/parse/decoding.h"

#include "mail/cms/content_kind.h"
#include "mail/mime/parse/codec.h"
#include "mail/mime/parse/structure.h"

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

Result<bool> holds_encrypted(const Source& source, const Entity& entity)
{
    if (says_encrypted(entity))
        return true;
    if (entity.is_leaf() && may_hold_cms(entity)) {
        TRY_ASSIGN(const Source decoded, decoded_body(source, entity));
        TRY_ASSIGN(const cms::ContentKind kind, cms::kind_of(decoded));
        return kind == cms::ContentKind::encrypted;
    }
    for (const Entity& child : entity.children) {
        TRY_ASSIGN(const bool encrypted, holds_encrypted(source, child));
        if (encrypted)
            return true;
    }
    return false;
}

} // namespace sceau::mail::mime
