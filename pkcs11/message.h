// What the agent and sceau-token write to each other, as the bytes of one packet each: JSON (base/codec.h), by the
// descriptions in words.h. A report is untrusted (a vendor's module runs in the process that sends it): every member is
// required, bounded and of its type, and there is no other one. A PIN is no message (base/channel.h).
#pragma once

#include "pkcs11/words.h"

#include <string_view>

namespace sceau::pkcs11 {

inline constexpr std::size_t kTokenLimit = 64; // tokens in one discovery
inline constexpr std::size_t kCertificatesPerToken = 128;
inline constexpr std::size_t kKeysPerToken = 128;
inline constexpr std::size_t kErrorTextLimit = 2048; // bytes

std::string encode(const Task& task);
/// `token_failed` on anything that encode() does not write.
base::Result<Task> parse_task(std::string_view packet);

/// Ends a discovery: its tokens come one a packet before it, each followed by its certificates and keys one a packet,
/// so that no token is too large for a packet.
struct DiscoveryEnd {
    std::string incomplete; // as Discovered has it

    static constexpr std::string_view kName = "discovered";
    static constexpr auto fields()
    {
        return std::tuple{Field{"incomplete", &DiscoveryEnd::incomplete, base::Bounds{0, kErrorTextLimit}}};
    }
};

using Message = std::variant<Token, Certificate, KeyObject, DiscoveryEnd, Ready, Performed, CardReset, Readers, Failed>;

/// Of a token without its certificates and keys.
std::string encode(const Message& message);
/// `token_failed` on anything that encode() does not write.
base::Result<Message> parse_message(std::string_view packet);

} // namespace sceau::pkcs11
