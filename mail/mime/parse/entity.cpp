#include "mail/mime/parse/entity.h"

#include "base/ascii.h"
#include "mail/mime/parse/scanner.h"
#include "mail/mime/parse/second_reading.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Result;

bool HeaderField::is(std::string_view other) const
{
    return base::same_in_ascii(name, other);
}

bool HeaderField::begins(std::string_view prefix) const
{
    return base::same_in_ascii(std::string_view(name).substr(0, prefix.size()), prefix);
}

std::optional<std::string> find(const std::vector<Parameter>& parameters, std::string_view name)
{
    const auto found = std::ranges::find(parameters, name, &Parameter::name);
    return found == parameters.end() ? std::nullopt : std::optional(found->value);
}

bool Entity::is_message() const
{
    // The subtypes that GMime reads as messages. An encoded one is a leaf.
    constexpr std::array<std::string_view, 4> kMessages = {"rfc822", "rfc2822", "global", "news"};
    const bool as_it_stands =
        encoding == Encoding::seven_bit || encoding == Encoding::eight_bit || encoding == Encoding::binary;
    return content_type.type == "message" && as_it_stands &&
           std::ranges::find(kMessages, content_type.subtype) != kMessages.end();
}

const HeaderField* Entity::field(std::string_view name) const
{
    const auto found = std::ranges::find_if(fields, [&](const HeaderField& field) { return field.is(name); });
    return found == fields.end() ? nullptr : &*found;
}

std::size_t Entity::count(std::string_view name) const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const HeaderField& field) { return field.is(name); }));
}

Result<Message> parse(const Source& source)
{
    TRY_ASSIGN(Message message, Scanner(source).scan());
    TRY(read_again(source, message));
    return message;
}

Result<std::string> read_text(const Source& source, Range range)
{
    std::string text(range.size(), '\0');
    TRY_ASSIGN(const std::size_t count,
               source.read_at(range.begin, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
    if (count != text.size())
        return std::unexpected(base::io("the message became shorter while it was read"));
    return text;
}

} // namespace sceau::mail::mime
