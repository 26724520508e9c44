#include "mail/cms/openssl.h"

#include <algorithm>
#include <ctime>

namespace sceau::mail::cms {

X509Ptr parse_certificate(base::BytesView der)
{
    constexpr std::size_t kLargest = 65536;
    if (der.empty() || der.size() > kLargest)
        return nullptr;
    const unsigned char* position = der.data();
    X509Ptr certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
    if (certificate && position != der.data() + der.size())
        certificate.reset();
    return certificate;
}

base::Bytes to_der(const X509* certificate)
{
    base::Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(certificate, nullptr))));
    unsigned char* position = der.data();
    if (!der.empty())
        i2d_X509(certificate, &position);
    return der;
}

const EVP_MD* evp_md(base::Hash hash)
{
    switch (hash) {
    case base::Hash::sha256:
        return EVP_sha256();
    case base::Hash::sha384:
        return EVP_sha384();
    case base::Hash::sha512:
        return EVP_sha512();
    }
    return nullptr;
}

std::optional<std::chrono::system_clock::time_point> time_of(const ASN1_TIME* time)
{
    using Clock = std::chrono::system_clock;
    std::tm broken_down{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1)
        return std::nullopt;
    const std::chrono::seconds seconds(::timegm(&broken_down));
    // The clock counts nanoseconds: year 9999, "no well-defined expiration" (RFC 5280 §4.1.2.5), does not fit.
    const auto first = std::chrono::ceil<std::chrono::seconds>(Clock::time_point::min().time_since_epoch());
    const auto last = std::chrono::floor<std::chrono::seconds>(Clock::time_point::max().time_since_epoch());
    return Clock::time_point(std::clamp(seconds, first, last));
}

} // namespace sceau::mail::cms
