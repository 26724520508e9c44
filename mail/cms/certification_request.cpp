#include "mail/cms/certification_request.h"

#include "mail/cms/holder.h"
#include "mail/cms/openssl.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;

namespace {

constexpr std::size_t kRequestLimit = 65536; // bytes

using RequestPtr = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;

void free_extensions(X509_EXTENSIONS* extensions)
{
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<X509_EXTENSIONS, Deleter<free_extensions>>;

/// OpenSSL reads only whole requests, so the signature that is still to be made is stood in for by an empty one.
Bytes with_empty_signature(BytesView info)
{
    static constexpr auto kSignature = std::to_array<std::uint8_t>({
        0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, // ecdsa-with-SHA256
        0x03, 0x01, 0x00,                                                       // BIT STRING of no bits
    });
    unsigned char* position = nullptr;
    const int content = static_cast<int>(info.size() + kSignature.size());
    const int size = ASN1_object_size(1, content, V_ASN1_SEQUENCE);
    Bytes der(static_cast<std::size_t>(size));
    position = der.data();
    ASN1_put_object(&position, 1, content, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
    position = std::ranges::copy(info, position).out;
    std::ranges::copy(kSignature, position);
    return der;
}

} // namespace

base::Result<CertificationRequest> read_certification_request(BytesView info)
{
    const QuietErrors quiet;
    const auto malformed = [] {
        return std::unexpected(base::bad_message("this is not a request for a certificate (PKCS #10)"));
    };
    if (info.empty() || info.size() > kRequestLimit)
        return malformed();
    const Bytes der = with_empty_signature(info);
    const unsigned char* position = der.data();
    const RequestPtr request(d2i_X509_REQ(nullptr, &position, static_cast<long>(der.size())));
    if (!request || position != der.data() + der.size() || X509_REQ_get_version(request.get()) != X509_REQ_VERSION_1)
        return malformed();
    // Written again, it must be the same bytes: another reader might find something else in what is not DER.
    unsigned char* written = nullptr;
    const int size = i2d_re_X509_REQ_tbs(request.get(), &written);
    const std::unique_ptr<unsigned char, base::OpensslFree> owner(written);
    if (size < 0 || !std::ranges::equal(info, BytesView(written, static_cast<std::size_t>(size))))
        return malformed();

    unsigned char* key = nullptr;
    const int key_size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request.get()), &key);
    const std::unique_ptr<unsigned char, base::OpensslFree> key_owner(key);
    if (key_size <= 0)
        return malformed();
    const ExtensionsPtr extensions(X509_REQ_get_extensions(request.get()));
    const GeneralNamesPtr names(
        static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
    const X509_NAME* subject = X509_REQ_get_subject_name(request.get());
    return CertificationRequest{.key = base::KeyId::of_public_key({key, static_cast<std::size_t>(key_size)}),
                                .subject = one_line(subject),
                                .subject_name = common_name(subject),
                                .addresses = addresses_of(subject, names.get())};
}

} // namespace sceau::mail::cms
