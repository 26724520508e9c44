// A path in the form that connect() and bind() need. Only for ipc's own .cpp files.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <optional>

namespace sceau::ipc {

inline constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1; // bytes

/// Returns nothing when the path is longer than kMaxSocketPath.
inline std::optional<sockaddr_un> unix_address(const std::filesystem::path& path)
{
    if (path.native().size() > kMaxSocketPath)
        return std::nullopt;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, kMaxSocketPath);
    return address;
}

} // namespace sceau::ipc
