#include "mail/cms/holder.h"

#include "base/ascii.h"
#include "mail/cms/address.h"

#include <openssl/crypto.h>
#include <openssl/obj_mac.h>

#include <algorithm>

namespace sceau::mail::cms {

namespace {

std::string text_of(const ASN1_STRING* string)
{
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(string));
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), size};
}

/// Returns the address in a general name, or an empty text if there is none. Text with a NUL, a space or the like
/// inside is not an address (parse_address). A mailbox with an ASCII local part must be an rfc822Name (RFC 8550
/// §4.4.3), because the name constraints of authorities rely on that.
std::string address_in(const GENERAL_NAME* name)
{
    if (name->type == GEN_EMAIL) {
        std::string address = text_of(name->d.rfc822Name);
        return base::is_ascii(address) && parse_address(address) ? address : "";
    }
    if (name->type == GEN_OTHERNAME && OBJ_obj2nid(name->d.otherName->type_id) == NID_id_on_SmtpUTF8Mailbox &&
        name->d.otherName->value->type == V_ASN1_UTF8STRING) {
        std::string text = text_of(name->d.otherName->value->value.utf8string);
        const auto address = parse_address(text);
        return address && !base::is_ascii(address->local) ? text : "";
    }
    return "";
}

/// emailAddress is an IA5String (RFC 2985 §5.2.1), but authorities also write it as UTF8String, T61String and
/// BMPString. OpenSSL refuses these other forms if an issuer has name constraints.
std::string address_in(const ASN1_STRING* value)
{
    constexpr std::size_t kUpperBound = 255; // RFC 8550 §3
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, value);
    if (size < 0)
        return "";
    std::string address(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return address.size() <= kUpperBound && base::is_ascii(address) && parse_address(address) ? address : "";
}

} // namespace

std::vector<std::string> addresses_of(const X509_NAME* subject, const GENERAL_NAMES* names)
{
    std::vector<std::string> addresses;
    constexpr std::size_t kMostAddresses = 256; // each is compared with each sender
    const auto add = [&](std::string address) {
        if (addresses.size() < kMostAddresses && !address.empty() &&
            std::ranges::find(addresses, address) == addresses.end())
            addresses.push_back(std::move(address));
    };
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i)
        add(address_in(sk_GENERAL_NAME_value(names, i)));

    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, i)) >= 0;) {
        add(address_in(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i))));
    }
    return addresses;
}

} // namespace sceau::mail::cms
