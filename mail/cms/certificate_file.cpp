#include "mail/cms/certificate_file.h"

#include "mail/cms/openssl.h"

#include <openssl/pem.h>
#include <openssl/pemerr.h>

#include <algorithm>

namespace sceau::mail::cms {

using base::BytesView;

namespace {

constexpr std::size_t kMost = 1000;
constexpr std::uint8_t kSequence = V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED;

class Reader {
  public:
    void read_der(BytesView der)
    {
        if (!read_one_after_the_other(der) && !read_signed_data(der))
            file_.damaged = true;
    }

    void read_pem(BytesView text);

    CertificateFile take() && { return std::move(file_); }

  private:
    void add(const X509* certificate);
    bool read_one_after_the_other(BytesView der);
    bool read_signed_data(BytesView der);
    void read_block(std::string_view name, BytesView der);

    CertificateFile file_;
};

void Reader::add(const X509* certificate)
{
    base::Bytes der = to_der(certificate);
    if (std::ranges::find(file_.certificates, der) != file_.certificates.end())
        return;
    if (file_.certificates.size() < kMost)
        file_.certificates.push_back(std::move(der));
    else
        file_.damaged = true;
}

/// Returns the first element with its header, or nothing if there is none.
BytesView first_element(BytesView der)
{
    const unsigned char* content = der.data();
    long size = 0;
    int tag = 0;
    int tag_class = 0;
    const int flags = ASN1_get_object(&content, &size, &tag, &tag_class, static_cast<long>(der.size()));
    constexpr int kError = 0x80;
    constexpr int kIndefinite = 0x01;
    if ((flags & (kError | kIndefinite)) != 0)
        return {};
    return der.first(static_cast<std::size_t>(content - der.data()) + static_cast<std::size_t>(size));
}

/// Returns false if not even the first element is a certificate.
bool Reader::read_one_after_the_other(BytesView der)
{
    for (bool is_first = true; !der.empty(); is_first = false) {
        const BytesView element = first_element(der);
        const X509Ptr certificate = parse_certificate(element);
        if (!certificate && is_first)
            return false;
        file_.damaged = file_.damaged || !certificate;
        if (!certificate)
            return true;
        add(certificate.get());
        der = der.subspan(element.size());
    }
    return true;
}

bool Reader::read_signed_data(BytesView der)
{
    const unsigned char* position = der.data();
    const CmsPtr message(d2i_CMS_ContentInfo(nullptr, &position, static_cast<long>(der.size())));
    if (!message)
        return false;
    const X509StackPtr certificates(CMS_get1_certs(message.get()));
    for (int i = 0; i < sk_X509_num(certificates.get()); ++i)
        add(sk_X509_value(certificates.get(), i));
    return sk_X509_num(certificates.get()) > 0;
}

void Reader::read_block(std::string_view name, BytesView der)
{
    if (name == PEM_STRING_X509 || name == PEM_STRING_X509_OLD)
        return read_der(der);
    if (name == PEM_STRING_PKCS7 || name == PEM_STRING_PKCS7_SIGNED || name == PEM_STRING_CMS)
        return read_der(der);
    if (name != PEM_STRING_X509_TRUSTED)
        return; // a key or a revocation list, which is not wanted here but is no damage
    const unsigned char* position = der.data();
    const X509Ptr certificate(d2i_X509_AUX(nullptr, &position, static_cast<long>(der.size())));
    file_.damaged = file_.damaged || !certificate;
    if (certificate)
        add(certificate.get());
}

void Reader::read_pem(BytesView text)
{
    const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    while (bio && BIO_eof(bio.get()) != 1) {
        const QuietErrors quiet;
        char* name = nullptr;
        char* header = nullptr;
        unsigned char* contents = nullptr;
        long size = 0;
        if (PEM_read_bio(bio.get(), &name, &header, &contents, &size) != 1) {
            const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
            file_.damaged = file_.damaged || !at_end;
            continue; // it has read at least one line
        }
        read_block(name, {contents, static_cast<std::size_t>(size)});
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(contents, static_cast<std::size_t>(size)); // the contents may be a private key
    }
}

} // namespace

CertificateFile read_certificate_file(BytesView contents)
{
    const QuietErrors quiet;
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (base::as_text(contents).starts_with(kByteOrderMark))
        contents = contents.subspan(kByteOrderMark.size());
    if (!contents.empty() && contents.front() == kSequence) { // this can also be the digit 0
        Reader der;
        der.read_der(contents);
        if (CertificateFile file = std::move(der).take(); !file.certificates.empty())
            return file;
    }
    Reader pem;
    pem.read_pem(contents);
    return std::move(pem).take();
}

std::string to_pem(BytesView certificate)
{
    const X509Ptr parsed = parse_certificate(certificate);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!parsed || !bio || PEM_write_bio_X509(bio.get(), parsed.get()) != 1)
        return {};
    const char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace sceau::mail::cms
