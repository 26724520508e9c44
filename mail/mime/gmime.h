// Owners for GMime's handles, and its one-time start. For files of mail/ only.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>

namespace sceau::mail::mime {

struct GObjectUnref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using GObjectHandle = std::unique_ptr<T, GObjectUnref>;

struct GFree {
    void operator()(char* text) const { g_free(text); }
};
using GText = std::unique_ptr<char, GFree>;

inline std::string to_string(const GText& text)
{
    return text ? std::string(text.get()) : std::string();
}

/// Starts GMime once in this process and keeps its warnings off the terminal. Returns the options for every reading:
/// undeclared 8-bit text is UTF-8 or otherwise ISO-8859-1, whatever the locale.
GMimeParserOptions* gmime();

} // namespace sceau::mail::mime
