// Uses any template of a program. A search with it finds exactly the objects that have all its values. A read returns
// each value whole or reports it missing, and writes nothing outside the given room.
#include "clients/pkcs11-module/objects.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace sceau;
using namespace sceau::pkcs11_module;
using base::Bytes;
using base::BytesView;

namespace {

constexpr std::array<CK_ATTRIBUTE_TYPE, 8> kTypes = {
    CKA_CLASS, CKA_ID, CKA_LABEL, CKA_MODULUS, CKA_TOKEN, CKA_VALUE, CKA_PRIVATE_EXPONENT, 0xce534352};

/// An attribute: its type, whether there is room for it, how much, and what the room contains.
struct Wanted {
    CK_ATTRIBUTE_TYPE type;
    bool has_room;
    Bytes room;
};

std::vector<Wanted> wanted_of(BytesView bytes)
{
    std::vector<Wanted> wanted;
    while (bytes.size() >= 2) {
        const std::size_t size = std::min<std::size_t>(bytes[1], bytes.size() - 2);
        const BytesView value = bytes.subspan(2, size);
        wanted.push_back({kTypes[bytes[0] % kTypes.size()], (bytes[0] & 0x80) == 0, Bytes(value.begin(), value.end())});
        bytes = bytes.subspan(2 + size);
    }
    return wanted;
}

std::vector<CK_ATTRIBUTE> template_of(std::vector<Wanted>& wanted)
{
    std::vector<CK_ATTRIBUTE> attributes;
    for (auto& [type, has_room, room] : wanted)
        attributes.push_back({.type = type, .pValue = has_room ? room.data() : nullptr, .ulValueLen = room.size()});
    return attributes;
}

Object private_key()
{
    Object key{.handle = 1, .object_class = CKO_PRIVATE_KEY, .attributes = {}, .key = {}};
    key.set_number(CKA_CLASS, CKO_PRIVATE_KEY);
    key.attributes.insert({{CKA_ID, {1, 2, 3}}, {CKA_LABEL, {}}, {CKA_MODULUS, Bytes(64, 7)}, {CKA_TOKEN, {CK_TRUE}}});
    return key;
}

void check_search(const Object& key, std::vector<Wanted> wanted)
{
    std::erase_if(wanted, [](const Wanted& attribute) { return !attribute.has_room && !attribute.room.empty(); });
    const bool all = std::ranges::all_of(wanted, [&](const Wanted& attribute) {
        const auto own = key.attributes.find(attribute.type);
        return own != key.attributes.end() && own->second == attribute.room;
    });
    if (key.matches(template_of(wanted)) != all)
        std::abort();
}

bool is_read(const Object& key, const Wanted& before, const Wanted& after, const CK_ATTRIBUTE& read)
{
    const auto own = key.attributes.find(read.type);
    if (own == key.attributes.end() || (read.pValue != nullptr && before.room.size() < own->second.size()))
        return read.ulValueLen == CK_UNAVAILABLE_INFORMATION && after.room == before.room;
    return read.ulValueLen == own->second.size() &&
           (read.pValue == nullptr || std::ranges::equal(own->second, BytesView(after.room).first(read.ulValueLen)));
}

void check_reading(const Object& key, const std::vector<Wanted>& before)
{
    std::vector<Wanted> after = before;
    std::vector<CK_ATTRIBUTE> attributes = template_of(after);
    const CK_RV value = key.read(attributes);
    bool all = true;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (!is_read(key, before[i], after[i], attributes[i]))
            std::abort();
        all = all && attributes[i].ulValueLen != CK_UNAVAILABLE_INFORMATION;
    }
    if ((value == CKR_OK) != all)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Object key = private_key();
    const std::vector<Wanted> wanted = wanted_of({data, size});
    check_search(key, wanted);
    check_reading(key, wanted);
    return 0;
}
