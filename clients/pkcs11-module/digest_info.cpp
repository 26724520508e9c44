#include "clients/pkcs11-module/digest_info.h"

#include <algorithm>
#include <array>

namespace sceau::pkcs11_module {

namespace {

using base::Hash;

using Prefix = std::array<std::uint8_t, 19>;

// RFC 8017 §9.2, note 1. The last byte of each is the digest's length.
constexpr std::array<std::pair<Hash, Prefix>, 3> kPrefixes = {{
    {Hash::sha256,
     {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
      0x20}},
    {Hash::sha384,
     {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04,
      0x30}},
    {Hash::sha512,
     {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04,
      0x40}},
}};

} // namespace

std::optional<DigestInfo> parse_digest_info(base::BytesView der)
{
    for (const auto& [hash, prefix] : kPrefixes)
        if (der.size() == prefix.size() + base::digest_size(hash) &&
            std::ranges::equal(der.first(prefix.size()), prefix))
            return DigestInfo{.hash = hash, .digest = der.subspan(prefix.size())};
    return std::nullopt;
}

} // namespace sceau::pkcs11_module
