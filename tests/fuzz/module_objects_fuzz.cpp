// Reads any bytes as the agent's answer to the PKCS#11 module, and their beginning as the template of a search. They
// are refused, or become objects whose attributes can be read.
#include "clients/pkcs11-module/mechanism.h"
#include "clients/pkcs11-module/slots.h"
#include "ipc/call.h"

#include <algorithm>
#include <cstdlib>

using namespace sceau;
using namespace sceau::pkcs11_module;

namespace {

void read_all(const Object& object, std::span<const std::uint8_t> value)
{
    for (const auto& [type, own] : object.attributes) {
        base::Bytes room(own.size());
        CK_ATTRIBUTE wanted{.type = type, .pValue = room.data(), .ulValueLen = room.size()};
        if (object.read({&wanted, 1}) != CKR_OK || room != own || !object.matches({&wanted, 1}))
            std::abort();
        base::Bytes other(value.begin(), value.end());
        const CK_ATTRIBUTE sought{.type = type, .pValue = other.data(), .ulValueLen = other.size()};
        if (object.matches({&sought, 1}) != (other == own))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const base::BytesView bytes(data, size);
    const auto told = ipc::decode_reply<ipc::Watch>(base::as_text(bytes));
    if (!told)
        return 0;
    Slots slots;
    slots.update(told->value);
    slots.update({});
    slots.update(told->value);
    for (const Slot& slot : slots.all()) {
        for (const CK_MECHANISM_TYPE type : mechanisms_of(slot.objects))
            if (!mechanism_info(type, slot.objects))
                std::abort();
        for (const Object& object : slot.objects)
            read_all(object, bytes.first(std::min<std::size_t>(size, 8)));
    }
    return 0;
}
