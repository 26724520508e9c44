#include "pkcs11/token/objects.h"

#include "pkcs11/message.h"

#include <algorithm>
#include <cstring>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

constexpr std::size_t kMostObjects = 256;
constexpr std::size_t kLongestAttribute = 8U << 20; // bytes

} // namespace

Result<std::vector<CK_OBJECT_HANDLE>> Objects::find(CK_OBJECT_CLASS object_class, std::optional<BytesView> cka_id) const
{
    std::vector<CK_ATTRIBUTE> wanted = {{CKA_CLASS, &object_class, sizeof object_class}};
    if (cka_id) // PKCS#11 declares its inputs as pointers to non-const data
        wanted.push_back({CKA_ID, const_cast<CK_BYTE*>(cka_id->data()), cka_id->size()});
    TRY(check("C_FindObjectsInit", functions_->C_FindObjectsInit(session_, wanted.data(), wanted.size())));
    std::vector<CK_OBJECT_HANDLE> found(kMostObjects);
    std::size_t size = 0;
    CK_RV value = CKR_OK;
    for (CK_ULONG count = 1; value == CKR_OK && count > 0 && size < kMostObjects; size += count) {
        count = 0;
        value = functions_->C_FindObjects(session_, found.data() + size, kMostObjects - size, &count);
        count = std::min<CK_ULONG>(count, kMostObjects - size); // some modules claim more than there is room for
    }
    const CK_RV ended = functions_->C_FindObjectsFinal(session_);
    TRY(check("C_FindObjects", value));
    TRY(check("C_FindObjectsFinal", ended));
    found.resize(size);
    return found;
}

Result<Bytes> Objects::read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    Bytes value(kCertificateLimit);
    CK_ATTRIBUTE attribute = {type, value.data(), value.size()};
    CK_RV returned = functions_->C_GetAttributeValue(session_, object, &attribute, 1);
    // Some modules return CKR_OK although the value is longer.
    if (returned == CKR_BUFFER_TOO_SMALL ||
        (returned == CKR_OK && attribute.ulValueLen > value.size() && attribute.ulValueLen <= kLongestAttribute)) {
        attribute.pValue = nullptr;
        TRY(check("C_GetAttributeValue", functions_->C_GetAttributeValue(session_, object, &attribute, 1)));
        value.resize(std::min<CK_ULONG>(attribute.ulValueLen, kLongestAttribute));
        attribute = {type, value.data(), value.size()};
        returned = functions_->C_GetAttributeValue(session_, object, &attribute, 1);
    }
    if (returned == CKR_ATTRIBUTE_SENSITIVE || returned == CKR_ATTRIBUTE_TYPE_INVALID)
        return Bytes{};
    TRY(check("C_GetAttributeValue", returned));
    value.resize(attribute.ulValueLen <= value.size() ? attribute.ulValueLen : 0); // CK_UNAVAILABLE_INFORMATION: larger
    return value;
}

Bytes Objects::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    return read(object, type).value_or(Bytes{});
}

std::optional<CK_ULONG> Objects::number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    const Bytes value = attribute(object, type);
    CK_ULONG number = 0;
    if (value.size() != sizeof number)
        return std::nullopt;
    std::memcpy(&number, value.data(), sizeof number);
    return number;
}

bool Objects::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    const Bytes value = attribute(object, type);
    return value.size() == sizeof(CK_BBOOL) && value.front() != CK_FALSE;
}

} // namespace sceau::pkcs11::token
