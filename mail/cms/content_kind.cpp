#include "mail/cms/content_kind.h"

#include "mail/cms/ber.h"

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

using base::Bytes;
using base::Result;

namespace {

constexpr std::array<std::uint8_t, 9> kEnvelopedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03};
constexpr std::array<std::uint8_t, 9> kEncryptedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06};
constexpr std::array<std::uint8_t, 11> kAuthEnvelopedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                                             0x01, 0x09, 0x10, 0x01, 0x17};

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
        return ContentKind::none;
    const auto is = [&](base::BytesView name) { return std::ranges::equal(*type, name); };
    if (is(kSignedData))
        return ContentKind::signed_data;
    if (is(kEnvelopedData) || is(kEncryptedData) || is(kAuthEnvelopedData))
        return ContentKind::encrypted;
    return ContentKind::other;
}

} // namespace sceau::mail::cms
