// Reads any bytes as the signed attributes that a client shows. They are refused, or contain a message digest.
#include "mail/cms/signed_attributes.h"

#include <cstdlib>

using namespace sceau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const base::BytesView bytes(data, size);
    const auto attributes = mail::cms::read_signed_attributes(bytes);
    if (attributes && attributes->message_digest.size() > size)
        std::abort();
    if (attributes && mail::cms::is_named_certificate(*attributes, bytes) !=
                          (attributes->signing_certificate.empty() && attributes->signing_certificate_v2.empty()))
        std::abort(); // the attributes are not a certificate
    return 0;
}
