#include "agent/person/assuan.h"

#include "base/display_text.h"

#include <charconv>

namespace sceau::agent {

using base::Result;

namespace {

constexpr std::size_t kLongestLine = 1000; // bytes, without the LF: libassuan's ASSUAN_LINELENGTH - 2

// The lower 16 bits of a gpg-error number are the code (gpg-error.h).
constexpr unsigned kCodeMask = 0xffff;
constexpr unsigned kTimeout = 62;
constexpr unsigned kCanceled = 99;
constexpr unsigned kNotConfirmed = 114;
constexpr unsigned kFullyCanceled = 198;
constexpr unsigned kWindowTooSmall = 301;

} // namespace

std::string assuan_line(std::string_view command, std::string_view argument)
{
    std::string line(command);
    for (std::size_t i = 0; i < argument.size();) {
        std::size_t next = i + 1;
        while (next < argument.size() && (static_cast<unsigned char>(argument[next]) & 0xc0) == 0x80)
            ++next;
        const std::string_view character = argument.substr(i, next - i);
        const std::string_view escaped = character == "%"    ? "%25"
                                         : character == "\n" ? "%0A"
                                         : character == "\r" ? "%0D"
                                                             : character;
        if (line.size() + escaped.size() > kLongestLine)
            break;
        line += escaped;
        i = next;
    }
    return line;
}

Result<> append_assuan_data(base::BytesView data, base::Secret& to)
{
    for (std::size_t i = 0; i < data.size(); ++i) {
        std::uint8_t byte = data[i];
        if (byte == '%' && i + 2 < data.size()) {
            const int high = base::hex_value(static_cast<char>(data[i + 1]));
            const int low = base::hex_value(static_cast<char>(data[i + 2]));
            if (high < 0 || low < 0)
                return std::unexpected(base::unsupported("the PIN dialog sent what is no PIN"));
            byte = static_cast<std::uint8_t>(high << 4 | low);
            i += 2;
        }
        if (!to.append(byte))
            return std::unexpected(base::invalid_parameter("pin", "longer than any PIN"));
    }
    return {};
}

base::Error assuan_error(std::string_view arguments)
{
    unsigned number = 0;
    std::from_chars(arguments.data(), arguments.data() + arguments.size(), number);
    switch (number & kCodeMask) {
    case kTimeout:
        return base::timed_out("nobody typed the PIN");
    case kCanceled:
    case kNotConfirmed:
    case kFullyCanceled:
        return base::cancelled("the person cancelled");
    case kWindowTooSmall:
        return base::unsupported("the terminal's window is too small for the PIN dialog: make it larger");
    default:
        return base::unsupported("the PIN dialog cannot open here (pinentry: " + base::shown(arguments, 80) + ")");
    }
}

} // namespace sceau::agent
