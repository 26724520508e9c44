#include "mail/cms/content_kind.h"

#include "mail/cms/ber.h"

#include <array>

namespace sceau::mail::cms {

using base::Bytes;
using base::Result;

namespace {

const std::array encrypted_types = {
    Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03},             // EnvelopedData
    Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06},             // EncryptedData
    Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17}, // AuthEnvelopedData
};
const Bytes signed_data_type = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

Result<Bytes> type_of(const Source& content_info)
{
    constexpr std::uint8_t kSequence = 0x30;
    constexpr std::uint8_t kObject = 0x06;
    constexpr std::uint64_t kLongest = 32;
    BerReader reader(content_info);
    TRY(reader.open(kSequence));
    TRY_ASSIGN(const Element type, reader.open(kObject));
    if (type.end - type.contents > kLongest)
        return std::unexpected(base::bad_message("the name of the CMS structure's type is too long"));
    Bytes name(static_cast<std::size_t>(type.end - type.contents));
    TRY(reader.read(type.contents, name));
    return name;
}

} // namespace

Result<ContentKind> kind_of(const Source& content_info)
{
    const auto type = type_of(content_info);
    if (!type && type.error().code != base::ErrorCode::bad_message)
        return std::unexpected(type.error());
    if (!type)
        return ContentKind::other;
    if (*type == signed_data_type)
        return ContentKind::signed_data;
    for (const Bytes& encrypted : encrypted_types)
        if (*type == encrypted)
            return ContentKind::encrypted;
    return ContentKind::other;
}

} // namespace sceau::mail::cms
