#include "mail/mime/sign/random_token.h"

#include "base/bytes.h"

#include <sys/random.h>

#include <array>

namespace sceau::mail::mime {

base::Result<std::string> random_token()
{
    std::array<std::uint8_t, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return std::unexpected(base::internal("the kernel gave no random bytes"));
    return base::to_hex(bytes);
}

} // namespace sceau::mail::mime
