#include "mail/cms/signed_attributes.h"

#include "mail/cms/openssl.h"

#include <openssl/ess.h>
#include <openssl/objects.h>

#include <ctime>
#include <set>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

using AttributePtr = std::unique_ptr<X509_ATTRIBUTE, Deleter<X509_ATTRIBUTE_free>>;
using EssPtr = std::unique_ptr<ESS_SIGNING_CERT, Deleter<ESS_SIGNING_CERT_free>>;
using EssV2Ptr = std::unique_ptr<ESS_SIGNING_CERT_V2, Deleter<ESS_SIGNING_CERT_V2_free>>;

std::unexpected<base::Error> malformed(const char* what)
{
    return std::unexpected(base::bad_message(std::string("the signed attributes ") + what));
}

Bytes bytes_of(const ASN1_STRING* string)
{
    const unsigned char* data = ASN1_STRING_get0_data(string);
    return {data, data + ASN1_STRING_length(string)};
}

std::optional<std::chrono::system_clock::time_point> time_in(const ASN1_TYPE* value)
{
    std::tm time{};
    const int type = ASN1_TYPE_get(value);
    if ((type != V_ASN1_UTCTIME && type != V_ASN1_GENERALIZEDTIME) ||
        ASN1_TIME_to_tm(value->value.asn1_string, &time) != 1)
        return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&time));
}

/// Returns the only value, or null if there are several.
const ASN1_TYPE* value_of(const AttributePtr& attribute)
{
    return X509_ATTRIBUTE_count(attribute.get()) == 1 ? X509_ATTRIBUTE_get0_type(attribute.get(), 0) : nullptr;
}

BytesView type_of(const AttributePtr& attribute)
{
    const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute.get());
    return {OBJ_get0_data(type), OBJ_length(type)};
}

Result<> take_in_own(const AttributePtr& attribute, OwnAttributes& own)
{
    const ASN1_TYPE* value = value_of(attribute);
    switch (own_attribute(type_of(attribute))) {
    case OwnAttribute::shown_summary:
        if (value != nullptr && ASN1_TYPE_get(value) == V_ASN1_SEQUENCE)
            own.shown_summary = read_shown_summary(bytes_of(value->value.sequence));
        if (!own.shown_summary)
            return malformed("have a hash of what was shown that is none");
        return {};
    case OwnAttribute::journal_head:
        if (value == nullptr || ASN1_TYPE_get(value) != V_ASN1_OCTET_STRING)
            return malformed("have a journal's head that is none");
        own.journal_head = bytes_of(value->value.octet_string);
        return {};
    case OwnAttribute::none:
        break;
    }
    return {};
}

Result<> take_in(const AttributePtr& attribute, SignedAttributes& attributes)
{
    const ASN1_TYPE* value = value_of(attribute);
    const auto is = [&](int type) { return value != nullptr && ASN1_TYPE_get(value) == type; };
    switch (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute.get()))) {
    case NID_pkcs9_contentType:
        if (!is(V_ASN1_OBJECT))
            return malformed("have a content type that is none");
        attributes.of_data = OBJ_obj2nid(value->value.object) == NID_pkcs7_data;
        return {};
    case NID_pkcs9_messageDigest:
        if (!is(V_ASN1_OCTET_STRING))
            return malformed("have a message digest that is none");
        attributes.message_digest = bytes_of(value->value.octet_string);
        return {};
    case NID_pkcs9_signingTime:
        attributes.signing_time = value != nullptr ? time_in(value) : std::nullopt;
        if (!attributes.signing_time)
            return malformed("have a signing time that is none");
        return {};
    case NID_id_smime_aa_signingCertificate:
    case NID_id_smime_aa_signingCertificateV2: {
        if (!is(V_ASN1_SEQUENCE))
            return malformed("name no certificate where they should");
        const bool first =
            OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute.get())) == NID_id_smime_aa_signingCertificate;
        (first ? attributes.signing_certificate : attributes.signing_certificate_v2) = bytes_of(value->value.sequence);
        return {};
    }
    case NID_SMIMECapabilities:
    case NID_id_smime_aa_encrypKeyPref:
        attributes.of_mail = true;
        return {};
    default:
        return take_in_own(attribute, attributes.own);
    }
}

template <auto Decode, class Pointer>
Pointer decoded(const Bytes& der)
{
    const unsigned char* position = der.data();
    return Pointer(der.empty() ? nullptr : Decode(nullptr, &position, static_cast<long>(der.size())));
}

} // namespace

Result<SignedAttributes> read_signed_attributes(BytesView der)
{
    const QuietErrors quiet;
    if (der.empty() || der.size() > kSignedAttributesLimit)
        return malformed("are missing or too long");
    const unsigned char* position = der.data();
    const unsigned char* end = position + der.size();
    long size = 0;
    int tag = 0;
    int tag_class = 0;
    const int form = ASN1_get_object(&position, &size, &tag, &tag_class, static_cast<long>(der.size()));
    if (form != V_ASN1_CONSTRUCTED || tag != V_ASN1_SET || tag_class != V_ASN1_UNIVERSAL || position + size != end)
        return malformed("are no SET in DER");
    SignedAttributes attributes;
    std::set<std::string> seen;
    while (position < end) {
        const AttributePtr attribute(d2i_X509_ATTRIBUTE(nullptr, &position, end - position));
        if (!attribute)
            return malformed("have something among them that is none");
        const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute.get());
        if (!seen.emplace(OBJ_get0_data(type), OBJ_get0_data(type) + OBJ_length(type)).second)
            return malformed("have one of them twice");
        TRY(take_in(attribute, attributes));
    }
    const auto has = [&](int nid) {
        const ASN1_OBJECT* type = OBJ_nid2obj(nid);
        return seen.contains(std::string(OBJ_get0_data(type), OBJ_get0_data(type) + OBJ_length(type)));
    };
    if (!has(NID_pkcs9_contentType) || !has(NID_pkcs9_messageDigest))
        return malformed("have no content type or no message digest");
    return attributes;
}

bool is_named_certificate(const SignedAttributes& attributes, BytesView certificate)
{
    if (attributes.signing_certificate.empty() && attributes.signing_certificate_v2.empty())
        return true;
    const QuietErrors quiet;
    const unsigned char* position = certificate.data();
    const X509Ptr parsed(d2i_X509(nullptr, &position, static_cast<long>(certificate.size())));
    const auto first = decoded<d2i_ESS_SIGNING_CERT, EssPtr>(attributes.signing_certificate);
    const auto second = decoded<d2i_ESS_SIGNING_CERT_V2, EssV2Ptr>(attributes.signing_certificate_v2);
    const X509StackPtr chain(sk_X509_new_null());
    if (!parsed || !chain || (!first && !second) || X509_up_ref(parsed.get()) != 1 ||
        sk_X509_push(chain.get(), parsed.get()) <= 0)
        return false;
    return OSSL_ESS_check_signing_certs(first.get(), second.get(), chain.get(), 0) > 0;
}

} // namespace sceau::mail::cms
