#include "tests/virtual-token/apdu.h"

#include <fmt/core.h>

namespace sceau::test {

std::string instruction_name(std::uint8_t instruction)
{
    switch (instruction) {
    case ins::kVerify:
        return "VERIFY";
    case ins::kChangeReferenceData:
        return "CHANGE REFERENCE DATA";
    case ins::kResetRetryCounter:
        return "RESET RETRY COUNTER";
    case ins::kGeneralAuthenticate:
        return "GENERAL AUTHENTICATE";
    case ins::kSelect:
        return "SELECT";
    case ins::kGetResponse:
        return "GET RESPONSE";
    case ins::kGetData:
        return "GET DATA";
    default:
        return fmt::format("{:02X}", instruction);
    }
}

std::optional<Command> parse_command(base::BytesView apdu)
{
    constexpr std::size_t kHeader = 4;
    if (apdu.size() < kHeader)
        return std::nullopt;
    Command command{.cla = apdu[0], .ins = apdu[1], .p1 = apdu[2], .p2 = apdu[3], .data = {}, .le = {}};
    base::BytesView body = apdu.subspan(kHeader);
    if (body.size() > 1) {
        const std::size_t lc = body[0];
        if (lc == 0 || body.size() < 1 + lc)
            return std::nullopt;
        command.data.assign(body.begin() + 1, body.begin() + 1 + static_cast<std::ptrdiff_t>(lc));
        body = body.subspan(1 + lc);
    }
    if (body.size() > 1)
        return std::nullopt;
    if (!body.empty())
        command.le = body[0] == 0 ? 256 : body[0];
    return command;
}

base::Bytes Response::encoded() const
{
    base::Bytes bytes = data;
    bytes.push_back(static_cast<std::uint8_t>(sw >> 8));
    bytes.push_back(static_cast<std::uint8_t>(sw & 0xff));
    return bytes;
}

} // namespace sceau::test
