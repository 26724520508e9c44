#include "preview/program/link.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace sceau::preview::program {

namespace {

/// Returns the host at the beginning of "user@host:port/path".
std::string host_at(std::string_view text)
{
    text = text.substr(0, text.find_first_of("/?#\\"));
    if (const auto at = text.rfind('@'); at != std::string_view::npos)
        text.remove_prefix(at + 1);
    text = text.substr(0, text.find(':'));
    while (text.ends_with('.'))
        text.remove_suffix(1);
    return base::ascii_lower(text);
}

std::string_view without_www(std::string_view host)
{
    return host.starts_with("www.") ? host.substr(4) : host;
}

bool is_file_name(std::string_view last_label)
{
    constexpr std::array<std::string_view, 20> kEndings{"pdf",  "doc", "docx", "xls",  "xlsx", "ppt", "pptx",
                                                        "txt",  "zip", "jpg",  "jpeg", "png",  "gif", "htm",
                                                        "html", "odt", "ods",  "csv",  "xml",  "md"};
    return std::ranges::find(kEndings, last_label) != kEndings.end();
}

/// Returns the host that a word names, or nothing: "https://example.org/x", "www.example.org", "example.org".
std::string host_in_word(std::string_view word)
{
    if (const std::string host = net_host(word); !host.empty())
        return host;
    const bool has_path = word.find('/') != std::string_view::npos;
    const std::string host = host_at(word);
    const auto dot = host.rfind('.');
    if (dot == std::string::npos || dot == 0 || host.size() - dot < 3)
        return {};
    const std::string_view last = std::string_view(host).substr(dot + 1);
    const bool is_name = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               static_cast<unsigned char>(c) >= 0x80;
    });
    const bool has_number = last.find_first_of("0123456789") != std::string_view::npos;
    return is_name && !has_number && (has_path || !is_file_name(last)) ? host : std::string();
}

} // namespace

std::string net_host(std::string_view address)
{
    const std::string scheme = base::ascii_lower(address.substr(0, 8));
    for (const std::string_view begin : {"https://", "http://", "ftp://", "//"})
        if (scheme.starts_with(begin))
            return host_at(address.substr(begin.size()));
    return {};
}

bool link_misleads(std::string_view text, std::string_view target)
{
    const bool to_mail = base::same_in_ascii(target.substr(0, 7), "mailto:");
    const std::string_view recipient = to_mail ? target.substr(7, target.find('?') - 7) : std::string_view();
    constexpr std::string_view kAround = " \t\r\n<>()[]{}\"'«»,;!";
    while (!text.empty()) {
        const auto begin = std::min(text.find_first_not_of(kAround), text.size());
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(kAround), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(end);
        const bool is_mail =
            word.find('@') != std::string_view::npos && net_host(word).empty() && !word.starts_with('@');
        if (is_mail && !host_in_word(word).empty() && !base::same_in_ascii(word, recipient))
            return true;
        const std::string host = is_mail ? std::string() : host_in_word(word);
        if (!host.empty() && without_www(host) != without_www(net_host(target)))
            return true;
    }
    return false;
}

} // namespace sceau::preview::program
