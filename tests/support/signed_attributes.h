// Signed attributes made by hand (RFC 5652 §5.3), right and wrong ones.
#pragma once

#include "base/scheme.h"

#include <array>
#include <chrono>
#include <ctime>
#include <initializer_list>

namespace sceau::test {

/// DER with a length of one or two bytes.
inline base::Bytes tlv(std::uint8_t tag, std::initializer_list<base::Bytes> parts)
{
    base::Bytes content;
    for (const base::Bytes& part : parts)
        content.insert(content.end(), part.begin(), part.end());
    base::Bytes der = {tag};
    if (content.size() >= 256)
        der.insert(der.end(), {0x82, static_cast<std::uint8_t>(content.size() >> 8)});
    else if (content.size() >= 128)
        der.push_back(0x81);
    der.push_back(static_cast<std::uint8_t>(content.size() & 0xff));
    der.insert(der.end(), content.begin(), content.end());
    return der;
}

inline base::Bytes hex(const char* text)
{
    return base::from_hex(text).value();
}

inline base::Bytes attribute(const base::Bytes& type, const base::Bytes& value)
{
    return tlv(0x30, {type, tlv(0x31, {value})});
}

inline base::Bytes content_type(const char* oid = "06092a864886f70d010701") // id-data
{
    return attribute(hex("06092a864886f70d010903"), hex(oid));
}

inline base::Bytes message_digest(const base::Bytes& digest = base::Bytes(32, 7))
{
    return attribute(hex("06092a864886f70d010904"), tlv(0x04, {digest}));
}

/// 2026-11-25 17:20:00 UTC.
inline base::Bytes signing_time()
{
    const std::string_view time = "261125172000Z";
    return attribute(hex("06092a864886f70d010905"), tlv(0x17, {base::Bytes(time.begin(), time.end())}));
}

inline base::Bytes signing_time_at(std::chrono::system_clock::time_point moment)
{
    const std::time_t time = std::chrono::system_clock::to_time_t(moment);
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 20> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y%m%d%H%M%SZ", &utc);
    return attribute(hex("06092a864886f70d010905"), tlv(0x18, {base::Bytes(text.data(), text.data() + size)}));
}

/// SMIMECapabilities with no capabilities.
inline base::Bytes capabilities()
{
    return attribute(hex("06092a864886f70d01090f"), hex("3000"));
}

/// signing-certificate-v2 with one certificate, identified by its SHA-256 (RFC 5035 §3).
inline base::Bytes signing_certificate(const base::Bytes& certificate)
{
    const base::Bytes id = tlv(0x30, {tlv(0x04, {base::hash_of(base::Hash::sha256, certificate)})});
    return attribute(hex("060b2a864886f70d010910022f"), tlv(0x30, {tlv(0x30, {id})}));
}

inline base::Bytes attributes_of(std::initializer_list<base::Bytes> attributes)
{
    return tlv(0x31, attributes);
}

} // namespace sceau::test
