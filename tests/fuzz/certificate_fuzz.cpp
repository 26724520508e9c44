// Reads any bytes as a certificate and as a public key. They are read or refused, and the addresses found are valid.
#include "base/display_text.h"
#include "mail/cms/certificate.h"
#include "mail/cms/issuers.h"

#include <algorithm>
#include <cstdlib>

using namespace sceau::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const sceau::base::Bytes der(data, data + size);
    if (const auto key = cms::read_public_key(der))
        for (const auto scheme : key->schemes)
            cms::verifies_with_key(der, scheme, sceau::base::Bytes(32), der);
    const auto facts = cms::read_certificate(der);
    if (!facts)
        return 0;
    const bool addresses = std::ranges::all_of(
        facts->addresses, [](const std::string& address) { return cms::same_address(address, address); });
    if (!addresses || !sceau::base::is_plain(facts->subject) || !sceau::base::is_plain(facts->issuer_name))
        std::abort();
    cms::Issuers().chain_of(der, {der}, facts->not_before);
    cms::issuer_urls(der);
    for (const auto scheme : facts->schemes)
        cms::verifies(der, scheme, sceau::base::Bytes(32), der);
    return 0;
}
