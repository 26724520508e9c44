#include "tests/support/mails.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace sceau::test {

using namespace mail::cms;

TemporaryFolder::TemporaryFolder()
{
    std::string name = std::filesystem::temp_directory_path() / "sceau-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("mkdtemp");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(const std::string& name, std::string_view text) const
{
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
}

namespace {

constexpr const char* kThen = "20261124101200Z"; // when these mails are signed and judged

// OpenSSL would use the time at which the test runs.
void claim_then(CMS_ContentInfo* cms)
{
    STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
        CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, i);
        if (CMS_signed_get_attr_count(signer) < 0 || CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1) >= 0)
            continue;
        const AsnTimePtr then(ASN1_TIME_new());
        ASN1_TIME_set_string_X509(then.get(), kThen);
        CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, then->type, then.get(), -1);
    }
}

} // namespace

base::Bytes sign(const Identity& signer, std::string_view content, const Signing& how)
{
    const unsigned flags = how.flags | CMS_BINARY | CMS_PARTIAL | (how.opaque ? 0U : CMS_DETACHED);
    const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
    for (const X509* certificate : how.certificates)
        CMS_add1_cert(cms.get(), const_cast<X509*>(certificate));
    std::vector<const Identity*> signers = {&signer};
    signers.insert(signers.end(), how.other_signers.begin(), how.other_signers.end());
    for (const Identity* one : signers) {
        if (CMS_add1_signer(cms.get(), one->certificate.get(), one->key.get(), how.hash, flags) == nullptr)
            throw std::runtime_error("add a signer");
    }
    if (how.alter)
        how.alter(cms.get());
    claim_then(cms.get());
    const BioPtr data(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
    if (CMS_final(cms.get(), data.get(), nullptr, flags) != 1)
        throw std::runtime_error("sign");
    if (how.falsify)
        how.falsify(cms.get());
    unsigned char* der = nullptr;
    const int size = i2d_CMS_ContentInfo(cms.get(), &der);
    base::Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

CMS_SignerInfo* first_signer(CMS_ContentInfo* cms)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

void sign_again(CMS_ContentInfo* cms, const Identity& signer)
{
    CMS_SignerInfo* info = first_signer(cms);
    base::Bytes set;
    for (int i = 0; i < CMS_signed_get_attr_count(info); ++i) {
        unsigned char* der = nullptr;
        const int size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &der);
        set.insert(set.end(), der, der + size);
        OPENSSL_free(der);
    }
    base::Bytes encoded(static_cast<std::size_t>(ASN1_object_size(1, static_cast<int>(set.size()), V_ASN1_SET)));
    unsigned char* position = encoded.data();
    ASN1_put_object(&position, 1, static_cast<int>(set.size()), V_ASN1_SET, V_ASN1_UNIVERSAL);
    std::ranges::copy(set, position);
    const base::Bytes signature =
        sign_digest(signer, base::Scheme::ecdsa_secp256r1_sha256, base::hash_of(base::Hash::sha256, encoded));
    ASN1_STRING_set(CMS_SignerInfo_get0_signature(info), signature.data(), static_cast<int>(signature.size()));
}

std::string base64_lines(base::BytesView bytes)
{
    const std::string text = base::to_base64(bytes);
    std::string lines;
    constexpr std::size_t kWidth = 76;
    for (std::size_t at = 0; at < text.size(); at += kWidth)
        lines += text.substr(at, kWidth) + "\r\n";
    return lines;
}

std::string header(const std::string& from)
{
    return "From: " + from +
           "\r\nTo: Bob <bob@example.org>\r\nSubject: The bill\r\nDate: Tue, 24 Nov 2026 10:12:00 +0000\r\n"
           "MIME-Version: 1.0\r\n";
}

std::string text_part(const std::string& text)
{
    return "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + text + "\r\n";
}

std::string protected_part(const std::string& header, const std::string& text)
{
    return header + "Content-Type: text/plain; charset=us-ascii; hp=\"clear\"\r\n\r\n" + text + "\r\n";
}

std::string multipart_signed(const std::string& header, const std::string& payload, base::BytesView signature)
{
    return header +
           "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
           " micalg=sha-256; boundary=\"outer\"\r\n\r\n--outer\r\n" +
           payload +
           "\r\n--outer\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
           "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\n" +
           base64_lines(signature) + "\r\n--outer--\r\n";
}

std::string opaque_signed(const std::string& header, base::BytesView signed_data)
{
    return header +
           "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           base64_lines(signed_data);
}

std::string with_lf(const std::string& text)
{
    std::string result = text;
    std::erase(result, '\r');
    return result;
}

mail::cms::TrustOptions World::trust() const
{
    return {.ca_file = folder.write("ca.pem", to_pem(root.certificate.get())), .crl_files = {}, .at = moment(kThen)};
}

std::string World::signed_mail(const std::string& payload, Signing how) const
{
    return signed_by(alice, header(), payload, std::move(how));
}

std::string World::signed_by(const Identity& signer, const std::string& outer, const std::string& payload,
                             Signing how) const
{
    how.certificates.push_back(issuer.certificate.get());
    const base::Bytes cms = sign(signer, payload, how);
    return how.opaque ? opaque_signed(outer, cms) : multipart_signed(outer, payload, cms);
}

mail::mime::Verdict judged(const std::string& message, const mail::cms::TrustOptions& trust)
{
    const auto source = mail::Source::of_bytes(base::as_bytes(message));
    if (!source)
        throw std::runtime_error("source");
    auto verdict = mail::mime::judge(*source, trust);
    if (!verdict)
        throw std::runtime_error(verdict.error().message);
    return *std::move(verdict);
}

} // namespace sceau::test
