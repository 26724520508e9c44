#include "tests/virtual-token/piv_commands.h"

#include "tests/virtual-token/tlv.h"

#include <algorithm>

namespace sceau::test {

namespace {

constexpr std::uint8_t kPin = 0x80;
constexpr std::size_t kLongestData = 255;

struct Header {
    std::uint8_t ins;
    std::uint8_t p1;
    std::uint8_t p2;
};

base::Bytes apdu(std::uint8_t cla, Header header, base::BytesView data)
{
    base::Bytes bytes = {cla, header.ins, header.p1, header.p2};
    if (data.empty())
        return bytes;
    bytes.push_back(static_cast<std::uint8_t>(data.size()));
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

base::Bytes with_le(base::Bytes bytes, std::uint8_t le = 0)
{
    bytes.push_back(le);
    return bytes;
}

std::string padded_with_ff(const std::string& pin)
{
    return pin + std::string(8 - std::min<std::size_t>(8, pin.size()), '\xff');
}

std::vector<base::Bytes> chain(Header header, base::BytesView data)
{
    std::vector<base::Bytes> commands;
    for (; data.size() > kLongestData; data = data.subspan(kLongestData))
        commands.push_back(apdu(0x10, header, data.first(kLongestData)));
    commands.push_back(with_le(apdu(0x00, header, data)));
    return commands;
}

std::vector<base::Bytes> general_authenticate(PivSlot slot, std::uint8_t algorithm, unsigned tag, base::BytesView input)
{
    return chain({ins::kGeneralAuthenticate, algorithm, static_cast<std::uint8_t>(slot)},
                 tlv(0x7c, joined({tlv(0x82, {}), tlv(tag, input)})));
}

} // namespace

base::Bytes select_piv()
{
    return with_le(apdu(0, {ins::kSelect, 4, 0}, base::Bytes{0xa0, 0, 0, 3, 8}));
}

base::Bytes get_data(const std::string& tag_in_hex)
{
    return with_le(apdu(0, {ins::kGetData, 0x3f, 0xff}, tlv(0x5c, base::from_hex(tag_in_hex).value())));
}

base::Bytes verify(const std::string& pin)
{
    return apdu(0, {ins::kVerify, 0, kPin}, base::as_bytes(padded_with_ff(pin)));
}

base::Bytes verify_query()
{
    return apdu(0, {ins::kVerify, 0, kPin}, {});
}

base::Bytes log_out()
{
    return apdu(0, {ins::kVerify, 0xff, kPin}, {});
}

base::Bytes reset_retry_counter(const std::string& puk, const std::string& new_pin)
{
    return apdu(0, {ins::kResetRetryCounter, 0, kPin}, base::as_bytes(padded_with_ff(puk) + padded_with_ff(new_pin)));
}

base::Bytes get_response(std::size_t le)
{
    return with_le(apdu(0, {ins::kGetResponse, 0, 0}, {}), static_cast<std::uint8_t>(le & 0xff));
}

std::vector<base::Bytes> answer_challenge(PivSlot slot, std::uint8_t algorithm, base::BytesView input)
{
    return general_authenticate(slot, algorithm, 0x81, input);
}

std::vector<base::Bytes> agree(PivSlot slot, std::uint8_t algorithm, base::BytesView point)
{
    return general_authenticate(slot, algorithm, 0x85, point);
}

base::Bytes challenge_for(std::uint8_t algorithm)
{
    if (algorithm == kP256)
        return base::Bytes(32, 0x5c);
    if (algorithm == kP384)
        return base::Bytes(48, 0x5c);
    base::Bytes block(256, 0xff);
    block[0] = 0;
    block[1] = 1;
    block[200] = 0;
    return block;
}

} // namespace sceau::test
