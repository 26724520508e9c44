// A content as clients pass it to the agent: a memfd that cannot change any more.
#pragma once

#include "base/unique_fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

namespace sceau::test {

inline base::UniqueFd sealed_content(std::string_view bytes)
{
    base::UniqueFd fd(::memfd_create("content", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    while (fd && !bytes.empty()) {
        const ssize_t written = ::write(fd.value(), bytes.data(), bytes.size());
        if (written <= 0)
            throw std::runtime_error("a content cannot be written");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!fd || ::fcntl(fd.value(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        throw std::runtime_error("a content cannot be sealed");
    return fd;
}

} // namespace sceau::test
