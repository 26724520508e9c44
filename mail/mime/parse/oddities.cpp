#include "mail/mime/parse/oddities.h"

#include <algorithm>
#include <set>

namespace sceau::mail::mime {

namespace {

void add(std::string what, std::vector<std::string>& oddities)
{
    if (std::ranges::find(oddities, what) == oddities.end())
        oddities.push_back(std::move(what));
}

void collect(const Entity& entity, std::vector<std::string>& oddities)
{
    const bool encoded = entity.encoding != Encoding::seven_bit && entity.encoding != Encoding::eight_bit &&
                         entity.encoding != Encoding::binary;
    if (entity.is_multipart() && encoded) // RFC 2045 §6.4
        add("a multipart is said to be encoded, which it may not be, and is not", oddities);
    std::set<std::string_view> names;
    for (const Parameter& parameter : entity.content_type.parameters)
        if (!names.insert(parameter.name).second)
            add("a part's Content-Type has a parameter twice", oddities);
    const HeaderField* encoding = entity.field("Content-Transfer-Encoding");
    if (encoding != nullptr && encoding->value.find(';') != std::string::npos)
        add("a part's Content-Transfer-Encoding has a parameter, which it may not have", oddities);
    const std::string boundary = entity.is_multipart() ? entity.content_type.parameter("boundary").value_or("") : "";
    if (boundary.ends_with(' ') || boundary.ends_with('\t')) // RFC 2046 §5.1.1
        add("the boundary of a multipart ends in a blank", oddities);
    for (const Entity& child : entity.children)
        collect(child, oddities);
}

} // namespace

std::vector<std::string> oddities_of(const Entity& root)
{
    std::vector<std::string> oddities;
    collect(root, oddities);
    return oddities;
}

} // namespace sceau::mail::mime
