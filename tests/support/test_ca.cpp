#include "tests/support/test_ca.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

namespace sceau::test {

namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Name = std::unique_ptr<X509_NAME, Deleter<X509_NAME_free>>;
using File = std::unique_ptr<std::FILE, Deleter<std::fclose>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;

void require(bool holds, const char* what)
{
    if (!holds)
        throw std::runtime_error(std::string("OpenSSL refuses: ") + what);
}

Name common_name(const std::string& text)
{
    Name name(X509_NAME_new());
    require(X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1,
            "a name");
    return name;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    if (value.empty())
        return;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

void set_serial(X509* certificate)
{
    std::int64_t serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "a serial number");
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), (serial & 0x7fffffffffffffff) | 1);
}

constexpr const char* kRoot = "Sceau Test CA";
constexpr const char* kIntermediate = "Sceau Test Issuing CA";

Certificate unsigned_certificate(EVP_PKEY* key, const std::string& name, long not_before_days, long not_after_days)
{
    constexpr long kDay = 24L * 60 * 60;
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), not_before_days * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), not_after_days * kDay);
    X509_set_subject_name(certificate.get(), common_name(name).get());
    X509_set_issuer_name(certificate.get(), common_name(kRoot).get());
    require(X509_set_pubkey(certificate.get(), key) == 1, "a key");
    return certificate;
}

void sign(X509* certificate, const std::string& key = "ca")
{
    require(X509_sign(certificate, read_key(key).get(), EVP_sha256()) != 0, "to sign a certificate");
}

std::string ca_issuers(const std::string& url)
{
    return url.empty() ? "" : "caIssuers;URI:" + url;
}

/// Always the same, so that what one test process issues can be verified in another.
Certificate issuer()
{
    const Key key = read_key("ca");
    Certificate certificate = unsigned_certificate(key.get(), kRoot, 0, 0);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20491231235959Z");
    add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
    sign(certificate.get());
    return certificate;
}

Certificate intermediate(const std::string& issuer_url)
{
    const Certificate root = issuer();
    constexpr long kDays = 3650;
    Certificate certificate = unsigned_certificate(read_key("p521").get(), kIntermediate, -1, kDays);
    add_extension(certificate.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate.get(), root.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate.get(), root.get(), NID_authority_key_identifier, "keyid");
    add_extension(certificate.get(), root.get(), NID_info_access, ca_issuers(issuer_url));
    sign(certificate.get());
    return certificate;
}

std::string alternative_names(const std::vector<std::string>& addresses)
{
    std::string value;
    for (const std::string& address : addresses)
        value += (value.empty() ? "email:" : ",email:") + address;
    return value;
}

base::Bytes der_of(X509* certificate)
{
    base::Bytes der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    unsigned char* end = der.data();
    i2d_X509(certificate, &end);
    return der;
}

} // namespace

std::filesystem::path key_file(const std::string& name)
{
    return std::filesystem::path(SCEAU_SOURCE_DIR) / "tests" / "data" / "keys" / (name + ".pem");
}

Key read_key(const std::string& name)
{
    const File file(std::fopen(key_file(name).c_str(), "re"));
    require(file != nullptr, "to open a key");
    Key key(PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr));
    require(key != nullptr, "to read a key");
    return key;
}

base::Bytes issue_certificate(const CertificateProfile& profile)
{
    const Certificate ca = profile.by_intermediate ? intermediate({}) : issuer();
    const Certificate certificate = unsigned_certificate(read_key(profile.key).get(), profile.name,
                                                         profile.not_before_days, profile.not_after_days);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(ca.get()));
    add_extension(certificate.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), ca.get(), NID_key_usage, profile.key_usage);
    add_extension(certificate.get(), ca.get(), NID_ext_key_usage, profile.extended_key_usage);
    add_extension(certificate.get(), ca.get(), NID_subject_alt_name, alternative_names(profile.addresses));
    add_extension(certificate.get(), ca.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate.get(), ca.get(), NID_authority_key_identifier, "keyid");
    add_extension(certificate.get(), ca.get(), NID_info_access, ca_issuers(profile.issuer_url));
    sign(certificate.get(), profile.by_intermediate ? "p521" : "ca");
    return der_of(certificate.get());
}

base::Bytes intermediate_certificate(const std::string& issuer_url)
{
    return der_of(intermediate(issuer_url).get());
}

base::Bytes ca_certificate()
{
    return der_of(issuer().get());
}

std::string ca_certificate_pem()
{
    const Bio memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(memory.get(), issuer().get()) == 1, "to write a certificate");
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace sceau::test
