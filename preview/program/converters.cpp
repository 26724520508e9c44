#include "preview/program/converters.h"

#include "base/ascii.h"

#include <dlfcn.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace sceau::preview::program {

namespace {

constexpr std::string_view kReplacement = "\uFFFD";

struct Charset {
    const char* converter;   // glibc's name
    std::string_view labels; // as mails name it, in lower case without "-", "_" and ":", each between blanks
};

constexpr std::array kCharsets{
    Charset{"UTF-8", " utf8 "},
    Charset{"US-ASCII", " usascii ascii ansix3.41968 iso646us "},
    Charset{"CP1252", " iso88591 latin1 l1 windows1252 cp1252 iso885911987 "},
    Charset{"ISO-8859-2", " iso88592 latin2 "},
    Charset{"ISO-8859-5", " iso88595 cyrillic "},
    Charset{"ISO-8859-6", " iso88596 arabic "},
    Charset{"ISO-8859-7", " iso88597 greek "},
    Charset{"ISO-8859-8", " iso88598 iso88598i hebrew "},
    Charset{"CP1254", " iso88599 latin5 windows1254 cp1254 "},
    Charset{"ISO-8859-13", " iso885913 "},
    Charset{"ISO-8859-15", " iso885915 latin9 "},
    Charset{"CP1250", " windows1250 cp1250 "},
    Charset{"CP1251", " windows1251 cp1251 "},
    Charset{"CP1253", " windows1253 cp1253 "},
    Charset{"CP1255", " windows1255 cp1255 "},
    Charset{"CP1256", " windows1256 cp1256 "},
    Charset{"CP1257", " windows1257 cp1257 "},
    Charset{"CP1258", " windows1258 cp1258 "},
    Charset{"CP874", " tis620 windows874 cp874 iso885911 "},
    Charset{"KOI8-R", " koi8r "},
    Charset{"KOI8-U", " koi8u "},
    Charset{"ISO-2022-JP", " iso2022jp "},
    Charset{"CP932", " shiftjis sjis xsjis windows31j cp932 mskanji "},
    Charset{"EUC-JP", " eucjp xeucjp "},
    Charset{"GB18030", " gb18030 gbk cp936 gb2312 euccn "},
    Charset{"BIG5-HKSCS", " big5 big5hkscs cp950 "},
    Charset{"UHC", " euckr ksc56011987 cp949 uhc windows949 "},
    Charset{"UTF-16", " utf16 "},
    Charset{"UTF-16LE", " utf16le "},
    Charset{"UTF-16BE", " utf16be "},
};

iconv_t none()
{
    return reinterpret_cast<iconv_t>(-1); // as iconv_open(3) fails
}

template <class Function>
Function* systems_own(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

class Converters {
  public:
    Converters()
    {
        auto* const open = systems_own<iconv_t(const char*, const char*)>("iconv_open");
        std::ranges::transform(kCharsets, converters_.begin(),
                               [&](const Charset& charset) { return open("UTF-8", charset.converter); });
    }

    /// Returns none() for a charset that is not known.
    iconv_t find(std::string_view name) const
    {
        std::string label = " ";
        for (const char c : base::ascii_lower(name))
            if (c != '-' && c != '_' && c != ':')
                label += c;
        label += ' ';
        if (std::ranges::count(label, ' ') != 2 || label.size() == 2)
            return none();
        const auto* const charset = std::ranges::find_if(
            kCharsets, [&](const Charset& each) { return each.labels.find(label) != std::string_view::npos; });
        if (charset == kCharsets.end())
            return none();
        iconv_t converter = converters_[static_cast<std::size_t>(charset - kCharsets.begin())];
        if (converter != none())
            ::iconv(converter, nullptr, nullptr, nullptr, nullptr); // an earlier use may have left it shifted
        return converter;
    }

    void miss(std::string_view name)
    {
        constexpr std::size_t kMost = 20;
        if (unknown_.size() < kMost && std::ranges::find(unknown_, name) == unknown_.end())
            unknown_.emplace_back(name);
    }

    std::vector<std::string> take_unknown() { return std::exchange(unknown_, {}); }

  private:
    std::array<iconv_t, kCharsets.size()> converters_{};
    std::vector<std::string> unknown_;
};

Converters& converters()
{
    static Converters all;
    return all;
}

/// GMime's handles are the converters themselves, which stay open.
iconv_t open_for_gmime(const char* to, const char* from)
{
    const bool to_unicode = base::same_in_ascii(to, "UTF-8");
    iconv_t converter = to_unicode ? converters().find(from) : none();
    if (to_unicode && converter == none())
        converters().miss(from);
    if (converter == none())
        errno = EINVAL;
    return converter;
}

} // namespace

void open_converters()
{
    converters();
}

std::optional<Converted> to_utf8(std::string_view charset, std::string_view bytes)
{
    iconv_t converter = converters().find(charset.empty() ? "us-ascii" : charset);
    if (converter == none())
        return std::nullopt;
    Converted converted;
    char* in = const_cast<char*>(bytes.data()); // iconv(3) does not write there
    std::size_t left = bytes.size();
    std::array<char, 4096> buffer;
    for (bool last = false; !last;) {
        last = left == 0; // this call writes what the converter still holds
        char* out = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t result = ::iconv(converter, last ? nullptr : &in, last ? nullptr : &left, &out, &room);
        const int error = errno;
        converted.text.append(buffer.data(), out);
        if (result != static_cast<std::size_t>(-1) || error == E2BIG)
            continue;
        converted.text += kReplacement;
        converted.damaged = true;
        if (left > 0) {
            ++in;
            --left;
        }
    }
    return converted;
}

std::vector<std::string> take_unknown_charsets()
{
    return converters().take_unknown();
}

} // namespace sceau::preview::program

extern "C" iconv_t iconv_open(const char* to, const char* from)
{
    return sceau::preview::program::open_for_gmime(to, from);
}

extern "C" int iconv_close(iconv_t /*converter*/)
{
    return 0;
}
