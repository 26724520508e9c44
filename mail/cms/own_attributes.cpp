#include "mail/cms/own_attributes.h"

#include "mail/cms/openssl.h"

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;

namespace {

using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Deleter<ASN1_INTEGER_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>>;

// The contents octets of the arc's OBJECT IDENTIFIER. One more octet makes an attribute's type.
constexpr std::array<std::uint8_t, 19> kArc = {0x69, 0xf7, 0xee, 0xdf, 0x82, 0x9c, 0xda, 0x92, 0xbe, 0xbf,
                                               0xbf, 0xda, 0xf5, 0xe1, 0xf0, 0xc1, 0xe0, 0xfc, 0x20};
constexpr std::uint8_t kShownSummaryLast = 1;
constexpr std::uint8_t kJournalHeadLast = 2;

void append_value(int tag, bool constructed, BytesView contents, Bytes& der)
{
    const auto size = static_cast<int>(contents.size());
    Bytes head(static_cast<std::size_t>(ASN1_object_size(0, size, tag)) - contents.size());
    unsigned char* position = head.data();
    ASN1_put_object(&position, constructed ? 1 : 0, size, tag, V_ASN1_UNIVERSAL);
    der.insert(der.end(), head.begin(), head.end());
    der.insert(der.end(), contents.begin(), contents.end());
}

Bytes attribute_with(std::uint8_t last, BytesView value)
{
    Bytes type(kArc.begin(), kArc.end());
    type.push_back(last);
    Bytes contents;
    append_value(V_ASN1_OBJECT, false, type, contents);
    append_value(V_ASN1_SET, true, value, contents);
    Bytes attribute;
    append_value(V_ASN1_SEQUENCE, true, contents, attribute);
    return attribute;
}

} // namespace

Bytes encode_attribute(const ShownSummary& summary)
{
    const IntegerPtr version(ASN1_INTEGER_new());
    ASN1_INTEGER_set(version.get(), summary.version);
    unsigned char* encoded = nullptr;
    const int size = i2d_ASN1_INTEGER(version.get(), &encoded);
    Bytes contents(encoded, encoded + std::max(size, 0));
    OPENSSL_free(encoded);
    append_value(V_ASN1_OCTET_STRING, false, summary.hash, contents);
    Bytes value;
    append_value(V_ASN1_SEQUENCE, true, contents, value);
    return attribute_with(kShownSummaryLast, value);
}

Bytes encode_journal_head(BytesView salted_hash)
{
    Bytes value;
    append_value(V_ASN1_OCTET_STRING, false, salted_hash, value);
    return attribute_with(kJournalHeadLast, value);
}

OwnAttribute own_attribute(BytesView type)
{
    if (type.size() != kArc.size() + 1 || !std::ranges::equal(type.first(kArc.size()), kArc))
        return OwnAttribute::none;
    if (type.back() == kShownSummaryLast)
        return OwnAttribute::shown_summary;
    return type.back() == kJournalHeadLast ? OwnAttribute::journal_head : OwnAttribute::none;
}

std::optional<ShownSummary> read_shown_summary(BytesView value)
{
    const QuietErrors quiet;
    const unsigned char* position = value.data();
    const unsigned char* end = position + value.size();
    long size = 0;
    int tag = 0;
    int tag_class = 0;
    const int form = ASN1_get_object(&position, &size, &tag, &tag_class, static_cast<long>(value.size()));
    if (form != V_ASN1_CONSTRUCTED || tag != V_ASN1_SEQUENCE || tag_class != V_ASN1_UNIVERSAL || position + size != end)
        return std::nullopt;
    const IntegerPtr version(d2i_ASN1_INTEGER(nullptr, &position, end - position));
    std::int64_t number = 0;
    if (!version || ASN1_INTEGER_get_int64(&number, version.get()) != 1 || number < 1 || number > INT32_MAX)
        return std::nullopt;
    ShownSummary summary{.version = static_cast<int>(number), .hash = {}};
    if (const OctetsPtr hash(d2i_ASN1_OCTET_STRING(nullptr, &position, end - position)); hash && position == end) {
        const unsigned char* data = ASN1_STRING_get0_data(hash.get());
        summary.hash.assign(data, data + ASN1_STRING_length(hash.get()));
    }
    return summary;
}

} // namespace sceau::mail::cms
