// PKCS#11 2.40 §5.5: slots and tokens. A token needs no login: the agent asks for the PIN.
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/text_field.h"

#include <algorithm>

using namespace sceau::pkcs11_module;

namespace {

constexpr std::size_t kAnyNumber = CK_EFFECTIVELY_INFINITE;

CK_ULONG sessions_of(const Module& module, const Slot& slot, CK_FLAGS flags)
{
    return static_cast<CK_ULONG>(std::ranges::count_if(module.sessions, [&](const auto& entry) {
        return entry.second.slot == slot.id && (entry.second.flags & flags) == flags;
    }));
}

void describe(const Module& module, const Slot& slot, CK_TOKEN_INFO& info)
{
    set_text(info.label, slot.token->label);
    set_text(info.manufacturerID, slot.token->manufacturer);
    set_text(info.model, slot.token->model);
    set_text(info.serialNumber, slot.token->serial);
    set_text(info.utcTime, "");
    info.flags = CKF_RNG | CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_WRITE_PROTECTED;
    info.ulMaxSessionCount = kAnyNumber;
    info.ulMaxRwSessionCount = kAnyNumber;
    info.ulSessionCount = sessions_of(module, slot, 0);
    info.ulRwSessionCount = sessions_of(module, slot, CKF_RW_SESSION);
    info.ulMaxPinLen = 255;
    for (CK_ULONG* memory :
         {&info.ulTotalPublicMemory, &info.ulFreePublicMemory, &info.ulTotalPrivateMemory, &info.ulFreePrivateMemory})
        *memory = CK_UNAVAILABLE_INFORMATION;
}

} // namespace

CK_RV C_GetSlotList(CK_BBOOL token_present, CK_SLOT_ID* list, CK_ULONG* count)
{
    return with_module([&](Module& module) {
        if (count == nullptr)
            return CKR_ARGUMENTS_BAD;
        module.refresh();
        // New slots show only when their number is asked for, so that the list fits that number.
        if (list == nullptr || module.listed_slots == 0)
            module.listed_slots = module.slots.all().size();
        std::vector<CK_SLOT_ID> ids;
        for (const Slot& slot : module.slots.all())
            if (slot.id < module.listed_slots && (token_present == CK_FALSE || slot.token))
                ids.push_back(slot.id);
        return give(ids, list, count);
    });
}

CK_RV C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO* info)
{
    return with_slot(id, [&](Module&, Slot& slot) {
        if (info == nullptr)
            return CKR_ARGUMENTS_BAD;
        *info = {};
        set_text(info->slotDescription, "Sceau " + std::to_string(slot.id + 1));
        set_text(info->manufacturerID, kManufacturer);
        info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (slot.token ? CKF_TOKEN_PRESENT : 0);
        return CKR_OK;
    });
}

CK_RV C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO* info)
{
    return with_token(id, [&](Module& module, Slot& slot) {
        if (info == nullptr)
            return CKR_ARGUMENTS_BAD;
        *info = {};
        describe(module, slot, *info);
        return CKR_OK;
    });
}

// What waits would wait under the lock: programs look again by themselves then.
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID* id, void* reserved)
{
    return with_module([&](Module& module) {
        if (id == nullptr || reserved != nullptr)
            return CKR_ARGUMENTS_BAD;
        if ((flags & CKF_DONT_BLOCK) == 0)
            return CKR_FUNCTION_NOT_SUPPORTED;
        module.refresh();
        const auto changed = std::ranges::find(module.slots.all(), true, &Slot::changed);
        if (changed == module.slots.all().end())
            return CKR_NO_EVENT;
        changed->changed = false;
        *id = changed->id;
        return CKR_OK;
    });
}

CK_RV C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE* list, CK_ULONG* count)
{
    return with_token(id, [&](Module&, Slot& slot) { return give(mechanisms_of(slot.objects), list, count); });
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    return with_token(id, [&](Module&, Slot& slot) {
        if (info == nullptr)
            return CKR_ARGUMENTS_BAD;
        const auto found = mechanism_info(type, slot.objects);
        if (!found)
            return CKR_MECHANISM_INVALID;
        *info = *found;
        return CKR_OK;
    });
}
