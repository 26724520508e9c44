// Prepares any bytes as a mail. It is refused, or its payload is in canonical form with the same tree of parts, and no
// field of its header is missing outside or among the signed ones.
#include "mail/mime/canonical.h"
#include "mail/mime/parse/entity.h"
#include "mail/mime/sign/outer_header.h"
#include "mail/mime/sign/signing.h"

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

/// Returns the names of the wanted fields, in their order.
template <class Predicate>
std::vector<std::string> names(const Entity& entity, Predicate wanted)
{
    std::vector<std::string> names;
    for (const HeaderField& field : entity.fields)
        if (wanted(field))
            names.push_back(field.name);
    return names;
}

/// Signing adds its own fields after the message's.
bool begins_with(const std::vector<std::string>& all, const std::vector<std::string>& first)
{
    return all.size() >= first.size() && std::equal(first.begin(), first.end(), all.begin());
}

bool keeps_fields(const Entity& before, const Prepared& prepared, const Entity& payload)
{
    const auto outer = parse(*Source::of_bytes(base::as_bytes(prepared.outer_header + "\r\n")));
    const auto is_messages = [](const HeaderField& field) { return !field.is_content(); };
    return outer && begins_with(names(outer->root, is_messages), names(before, is_messages)) &&
           begins_with(names(payload, is_protected), names(before, is_protected));
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
        !same_tree(before->root, after->root) || !keeps_fields(before->root, *prepared, after->root))
        std::abort();
    return 0;
}
