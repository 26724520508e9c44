#include "pkcs11/token/report.h"

#include "base/channel.h"

namespace sceau::pkcs11::token {

base::Result<> report(int channel, const Message& message)
{
    return base::send_packet(channel, encode(message), base::Wait::yes);
}

} // namespace sceau::pkcs11::token
