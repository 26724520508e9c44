#include "mail/cms/openssl.h"

#include "base/display_text.h"

#include <algorithm>
#include <ctime>

namespace sceau::mail::cms {

namespace {

std::string contents(BIO* bio)
{
    const char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

} // namespace

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

EvpPkeyPtr parse_public_key(base::BytesView der)
{
    const unsigned char* end = der.data();
    EvpPkeyPtr key(d2i_PUBKEY(nullptr, &end, static_cast<long>(der.size())));
    return end == der.data() + der.size() ? std::move(key) : nullptr;
}

base::Bytes to_der(const X509* certificate)
{
    base::Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(certificate, nullptr))));
    unsigned char* position = der.data();
    if (!der.empty())
        i2d_X509(certificate, &position);
    return der;
}

std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME* time)
{
    std::tm broken_down{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1)
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&broken_down)));
}

std::string one_line(const X509_NAME* name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    constexpr unsigned long kFlags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    if (!bio || X509_NAME_print_ex(bio.get(), name, 0, kFlags) < 0)
        return "?";
    return base::made_plain(contents(bio.get()));
}

std::string common_name(const X509_NAME* name)
{
    int last = -1;
    for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;)
        last = i;
    if (last < 0)
        return one_line(name);
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (size < 0)
        return one_line(name);
    const std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return base::made_plain(text);
}

} // namespace sceau::mail::cms
