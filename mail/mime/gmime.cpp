#include "mail/mime/gmime.h"

#include <array>

namespace sceau::mail::mime {

namespace {

void be_silent(const char*, GLogLevelFlags, const char*, void*) {}

GMimeParserOptions* start()
{
    for (const char* domain : {"gmime", "GLib", "GLib-GObject"})
        g_log_set_handler(domain, static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION), be_silent,
                          nullptr);
    g_mime_init();
    GMimeParserOptions* options = g_mime_parser_options_new();
    std::array charsets = {"utf-8", "iso-8859-1", static_cast<const char*>(nullptr)};
    g_mime_parser_options_set_fallback_charsets(options, charsets.data());
    return options;
}

} // namespace

GMimeParserOptions* gmime()
{
    static GMimeParserOptions* options = start();
    return options;
}

} // namespace sceau::mail::mime
