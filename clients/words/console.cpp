#include "clients/words/console.h"

#include <sys/ioctl.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistd.h>
#include <unistr.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sceau::words {

namespace {

// Judged by the locale's name, as in base::own_language, so that the locale need not be installed.
bool locale_is_utf8()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const char* locale = std::getenv(name); locale != nullptr && *locale != '\0') {
            const std::string_view text = locale;
            for (const std::string_view codeset : {".UTF-8", ".utf8", ".UTF8", ".utf-8"})
                if (text.find(codeset) != std::string_view::npos)
                    return true;
            return false;
        }
    return false;
}

bool colour_is_wanted()
{
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') && term != nullptr &&
           std::string_view(term) != "dumb";
}

std::size_t width_of_output()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return kWidestLine;
    return std::min<std::size_t>(size.ws_col, kWidestLine);
}

// Replaces those of Sceau's own characters that a decomposition (UAX 15) does not bring to ASCII.
std::string_view plain_symbol(ucs4_t character)
{
    switch (character) {
    case U'●':
        return "*";
    case U'○':
        return "o";
    case U'✖':
        return "X";
    case U'·':
        return "-";
    case U'«':
    case U'»':
        return "\"";
    case U'œ':
        return "oe";
    default:
        return uc_is_general_category(character, UC_NON_SPACING_MARK) ? "" : "?";
    }
}

} // namespace

std::string ascii_of(std::string_view utf8)
{
    struct Free {
        void operator()(std::uint8_t* text) const { std::free(text); }
    };
    std::size_t size = 0;
    const std::unique_ptr<std::uint8_t, Free> decomposed(
        u8_normalize(UNINORM_NFKD, reinterpret_cast<const std::uint8_t*>(utf8.data()), utf8.size(), nullptr, &size));
    std::string ascii;
    for (std::size_t i = 0; i < size;) {
        ucs4_t character = 0;
        i += static_cast<std::size_t>(u8_mbtouc(&character, decomposed.get() + i, size - i));
        if (character < 0x80)
            ascii += static_cast<char>(character);
        else
            ascii += plain_symbol(character);
    }
    return ascii;
}

std::string Console::painted(Colour wanted, std::string_view text) const
{
    static constexpr std::string_view kSequences[] = {"", "\033[1;32m", "\033[1;31m", "\033[33m"};
    const std::string_view sequence = kSequences[static_cast<std::size_t>(wanted)];
    if (!colour || sequence.empty())
        return std::string(text);
    return fmt::format("{}{}\033[0m", sequence, text);
}

base::Result<> Console::print(std::string_view text) const
{
    const std::string ready = utf8 ? std::string(text) : ascii_of(text);
    if (std::fwrite(ready.data(), 1, ready.size(), stdout) != ready.size() || std::fflush(stdout) != 0)
        return std::unexpected(base::io_errno("cannot write to standard output", errno));
    return {};
}

void Console::tell(std::string_view text) const
{
    const std::string ready = utf8 ? std::string(text) : ascii_of(text);
    std::fwrite(ready.data(), 1, ready.size(), stderr);
}

Console own_console()
{
    return {.language = base::own_language(),
            .utf8 = locale_is_utf8(),
            .colour = colour_is_wanted(),
            .width = width_of_output()};
}

} // namespace sceau::words
