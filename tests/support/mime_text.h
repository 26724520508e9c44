// Makes sources from text, and reads ranges back from them.
#pragma once

#include "mail/mime/parse/entity.h"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace sceau::tests {

inline mail::Source source_of(std::string_view text)
{
    auto source = mail::Source::of_bytes(base::as_bytes(text));
    REQUIRE(source);
    return std::move(*source);
}

inline std::string text_of(const mail::Source& source, mail::Range range)
{
    const auto text = mail::mime::read_text(source, range);
    REQUIRE(text);
    return *text;
}

inline std::string text_of(const mail::Source& source)
{
    return text_of(source, {.begin = 0, .end = source.size()});
}

} // namespace sceau::tests
