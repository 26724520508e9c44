// Lies about objects and signatures within a session.
#include "tests/faulty-module/lies.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

namespace sceau::faulty {

namespace {

constexpr CK_ULONG kHundreds = 300;
constexpr CK_ULONG kThousands = 2000;

// --- C_Login ---

/// Acts as if the person had typed the PIN at the reader.
CK_RV type_pin(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE* pin, CK_ULONG size)
{
    std::array<CK_BYTE, 6> typed = {'1', '2', '3', '4', '5', '6'};
    if (pin == nullptr && size == 0)
        return softhsm().C_Login(session, user, typed.data(), typed.size());
    return softhsm().C_Login(session, user, pin, size);
}

// --- C_FindObjects ---

CK_RV no_objects(CK_SESSION_HANDLE, CK_OBJECT_HANDLE*, CK_ULONG, CK_ULONG* count)
{
    *count = 0;
    return CKR_OK;
}

/// Returns the last object again and again, under different handles.
template <CK_ULONG kCount>
CK_RV repeat_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count)
{
    static CK_OBJECT_HANDLE last = 0;
    static CK_ULONG repeated = 0;
    const CK_RV value = softhsm().C_FindObjects(session, objects, room, count);
    if (*count > 0)
        last = objects[*count - 1];
    if (value != CKR_OK || *count > 0 || last == 0 || repeated++ >= kCount)
        return value;
    objects[0] = last + (repeated << 16); // repeated_attribute() knows
    *count = 1;
    return CKR_OK;
}

CK_RV claim_more_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count)
{
    const CK_RV value = softhsm().C_FindObjects(session, objects, room, count);
    *count += room + 1;
    return value;
}

// --- C_GetAttributeValue ---

CK_RV repeated_attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return softhsm().C_GetAttributeValue(session, object & 0xffff, attributes, count);
}

CK_RV wrong_always_authenticate(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes,
                                CK_ULONG count)
{
    const CK_RV value = softhsm().C_GetAttributeValue(session, object, attributes, count);
    for (CK_ATTRIBUTE* each = attributes; each != attributes + count; ++each)
        if (each->type == CKA_ALWAYS_AUTHENTICATE && each->pValue != nullptr) {
            CK_BBOOL& flag = *static_cast<CK_BBOOL*>(each->pValue);
            flag = flag == CK_FALSE ? CK_TRUE : CK_FALSE;
        }
    return value;
}

/// Every object has the contents of the file "value" as its CKA_VALUE.
CK_RV value_of_file(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    if (count != 1 || attributes->type != CKA_VALUE)
        return repeated_attribute(session, object, attributes, count);
    std::ifstream kept(file("value"), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(kept)), {});
    if (attributes->pValue != nullptr)
        std::memcpy(attributes->pValue, bytes.data(), std::min<std::size_t>(bytes.size(), attributes->ulValueLen));
    attributes->ulValueLen = bytes.size();
    return CKR_OK;
}

template <CK_ULONG kSize>
CK_RV claim_size(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    const CK_RV value = softhsm().C_GetAttributeValue(session, object, attributes, count);
    for (CK_ATTRIBUTE* each = attributes; each != attributes + count; ++each)
        each->ulValueLen = kSize;
    return value;
}

// --- C_SignInit ---

CK_RV take_other_key(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE type = mechanism->mechanism == CKM_ECDSA ? CKK_EC : CKK_RSA;
    std::array wanted = {CK_ATTRIBUTE{CKA_CLASS, &object_class, sizeof object_class},
                         CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type}};
    std::array<CK_OBJECT_HANDLE, 8> keys{};
    CK_ULONG count = 0;
    softhsm().C_FindObjectsInit(session, wanted.data(), wanted.size());
    softhsm().C_FindObjects(session, keys.data(), keys.size(), &count);
    softhsm().C_FindObjectsFinal(session);
    const auto* other = std::find_if(keys.begin(), keys.begin() + count, [&](auto each) { return each != key; });
    return softhsm().C_SignInit(session, mechanism, other == keys.begin() + count ? key : *other);
}

// --- C_Sign ---

/// Changes the signature that SoftHSM made.
template <auto kChange>
CK_RV changed(CK_SESSION_HANDLE session, CK_BYTE* data, CK_ULONG size, CK_BYTE* signature, CK_ULONG* signature_size)
{
    const CK_RV value = softhsm().C_Sign(session, data, size, signature, signature_size);
    if (value == CKR_OK)
        kChange(signature, *signature_size);
    return value;
}

void shorten(CK_BYTE*, CK_ULONG& size)
{
    --size;
}

void lengthen(CK_BYTE* signature, CK_ULONG& size)
{
    std::memmove(signature + 1, signature, size++);
    signature[0] = 0;
}

void empty(CK_BYTE*, CK_ULONG& size)
{
    size = 0;
}

void claim_megabyte(CK_BYTE*, CK_ULONG& size)
{
    size = 1U << 20;
}

void claim_everything(CK_BYTE*, CK_ULONG& size)
{
    size = CK_UNAVAILABLE_INFORMATION;
}

void damage(CK_BYTE* signature, CK_ULONG& size)
{
    signature[size / 2] ^= 1;
}

void zero(CK_BYTE* signature, CK_ULONG& size)
{
    std::fill_n(signature, size, CK_BYTE{0});
}

/// Returns the first signature that this folder has seen, which is right but of another digest.
void repeat_signature(CK_BYTE* signature, CK_ULONG& size)
{
    std::ifstream kept(file("signature"), std::ios::binary);
    if (kept) {
        const std::string bytes((std::istreambuf_iterator<char>(kept)), {});
        std::copy(bytes.begin(), bytes.end(), signature);
        size = bytes.size();
    } else {
        std::ofstream(file("signature"), std::ios::binary)
            .write(reinterpret_cast<const char*>(signature), static_cast<std::streamsize>(size));
    }
}

CK_RV sign_other_digest(CK_SESSION_HANDLE session, CK_BYTE* data, CK_ULONG size, CK_BYTE* signature,
                        CK_ULONG* signature_size)
{
    std::string other(reinterpret_cast<const char*>(data), size);
    other.back() = static_cast<char>(other.back() ^ 1);
    return softhsm().C_Sign(session, reinterpret_cast<CK_BYTE*>(other.data()), size, signature, signature_size);
}

constexpr std::array kLogin = {LoginLie{"types-the-pin", type_pin}};

constexpr std::array kFindObjects = {
    FindObjectsLie{"none", no_objects},
    FindObjectsLie{"hundreds", repeat_object<kHundreds>},
    FindObjectsLie{"thousands", repeat_object<kThousands>},
    FindObjectsLie{"endless", repeat_object<CK_UNAVAILABLE_INFORMATION>},
    FindObjectsLie{"claims-more", claim_more_objects},
};

constexpr std::array kGetAttributeValue = {
    GetAttributeValueLie{"repeated", repeated_attribute},
    GetAttributeValueLie{"value-of-file", value_of_file},
    GetAttributeValueLie{"wrong-always-authenticate", wrong_always_authenticate},
    GetAttributeValueLie{"claims-more-than-memory", claim_size<1UL << 40>},
    GetAttributeValueLie{"claims-no-size", claim_size<CK_UNAVAILABLE_INFORMATION>},
    GetAttributeValueLie{"claims-nothing", claim_size<0>},
};

constexpr std::array kSignInit = {SignInitLie{"takes-other-key", take_other_key}};

constexpr std::array kSign = {
    SignLie{"a-byte-too-few", changed<shorten>},
    SignLie{"a-zero-too-many", changed<lengthen>},
    SignLie{"empty", changed<empty>},
    SignLie{"claims-a-megabyte", changed<claim_megabyte>},
    SignLie{"claims-everything", changed<claim_everything>},
    SignLie{"damaged", changed<damage>},
    SignLie{"zeros", changed<zero>},
    SignLie{"repeated", changed<repeat_signature>},
    SignLie{"of-another-digest", sign_other_digest},
};

} // namespace

std::span<const LoginLie> lies_of(const LoginLie*)
{
    return kLogin;
}
std::span<const FindObjectsLie> lies_of(const FindObjectsLie*)
{
    return kFindObjects;
}
std::span<const GetAttributeValueLie> lies_of(const GetAttributeValueLie*)
{
    return kGetAttributeValue;
}
std::span<const SignInitLie> lies_of(const SignInitLie*)
{
    return kSignInit;
}
std::span<const SignLie> lies_of(const SignLie*)
{
    return kSign;
}

} // namespace sceau::faulty
