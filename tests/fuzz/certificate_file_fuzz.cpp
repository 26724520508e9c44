// Reads any bytes as a file of certificates. Everything found in it must be a certificate, and chains can be made of
// all of it.
#include "mail/cms/certificate_file.h"
#include "mail/cms/issuers.h"

#include <cstdlib>

using namespace sceau::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const cms::CertificateFile file = cms::read_certificate_file({data, size});
    for (const auto& certificate : file.certificates) {
        if (cms::to_pem(certificate).empty())
            std::abort();
        cms::Issuers().chain_of(certificate, file.certificates, {});
    }
    return 0;
}
