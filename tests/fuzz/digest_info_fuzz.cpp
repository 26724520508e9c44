// Reads any bytes as the data of CKM_RSA_PKCS. They are refused, or are exactly what the scheme's hash makes of the
// digest again.
#include "clients/pkcs11-module/digest_info.h"
#include "clients/pkcs11-module/signature.h"

#include <cstdlib>

using namespace sceau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const base::BytesView bytes(data, size);
    if (const auto info = pkcs11_module::parse_digest_info(bytes)) {
        const std::size_t digest = base::digest_size(info->hash);
        if (info->digest.size() != digest || size != 19 + digest || info->digest.data() != data + 19)
            std::abort();
    }
    if (const auto raw = pkcs11_module::raw_ecdsa(bytes, 32); raw && raw->size() != 64)
        std::abort();
    return 0;
}
