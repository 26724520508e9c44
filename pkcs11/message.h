// The messages between the agent and sceau-token. Each is one packet of JSON (base/codec.h), as words.h describes its
// fields. A report is untrusted, because a vendor's module runs in the process that sends it: every member is required,
// bounded and of its type, and no other member is allowed. A PIN is not a message (base/channel.h).
#pragma once

#include "pkcs11/words.h"

#include <string_view>

namespace sceau::pkcs11 {

inline constexpr std::size_t kTokenLimit = 64; // tokens in one discovery
inline constexpr std::size_t kCertificatesPerToken = 128;
inline constexpr std::size_t kKeysPerToken = 128;
inline constexpr std::size_t kErrorTextLimit = 2048; // bytes

std::string encode(const Task& task);
/// Fails with `token_failed` on anything that encode() does not write.
base::Result<Task> parse_task(std::string_view packet);

/// Ends a discovery. The tokens come before it, one per packet, each followed by its certificates and keys, also one
/// per packet, so that no token is too large for a packet.
struct DiscoveryEnd {
    std::string incomplete; // as in Discovered

    static constexpr std::string_view kName = "discovered";
    static constexpr auto fields()
    {
        return std::tuple{Field{"incomplete", &DiscoveryEnd::incomplete, base::Bounds{0, kErrorTextLimit}}};
    }
};

using Message = std::variant<Token, Certificate, KeyObject, DiscoveryEnd, Ready, Performed, CardReset, Readers, Failed>;

/// Writes a token without its certificates and keys.
std::string encode(const Message& message);
/// Fails with `token_failed` on anything that encode() does not write.
base::Result<Message> parse_message(std::string_view packet);

} // namespace sceau::pkcs11
