// Whatever comes: a mail is refused, or its payload is in canonical form and has the same tree of parts.
#include "mail/mime/canonical.h"
#include "mail/mime/entity.h"
#include "mail/mime/signing.h"

#include <algorithm>
#include <cstdlib>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::mail::mime;

namespace {

bool same_tree(const Entity& one, const Entity& other)
{
    return one.content_type.is(other.content_type.type, other.content_type.subtype) &&
           std::ranges::equal(one.children, other.children, same_tree);
}

bool is_canonical(const Source& payload)
{
    SevenBitGate gate([](std::string_view) -> base::Result<> { return {}; });
    return stream(payload, {.begin = 0, .end = payload.size()},
                  [&](std::string_view piece) { return gate.write(piece); })
        .has_value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto source = Source::of_bytes({data, size});
    if (!source)
        return 0;
    const auto prepared = prepare(*source);
    if (!prepared)
        return 0;
    const auto before = parse(*source);
    const auto after = parse(prepared->payload);
    if (!is_canonical(prepared->payload) || !before || !after || !after->defects.empty() ||
        !same_tree(before->root, after->root))
        std::abort();
    return 0;
}
