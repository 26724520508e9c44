// Reads what the process that runs a vendor's module sends to the agent.
#include "pkcs11/message.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sceau;
    const auto message = pkcs11::parse_message(base::as_text({data, size}));
    if (message && !pkcs11::parse_message(pkcs11::encode(*message)))
        std::abort(); // what was read must be readable again
    return 0;
}
