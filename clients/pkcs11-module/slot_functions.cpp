// PKCS#11 2.40 §5.5: slots and tokens. Tokens need no login, because the agent asks for the PIN.
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/text_field.h"

#include <algorithm>

namespace sceau::pkcs11_module {

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

Answer<> slot_list(CK_BBOOL token_present, CK_SLOT_ID* list, CK_ULONG* count)
{
    TRY_ASSIGN(InModule in, in_module());
    if (count == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    in.module.refresh();
    // New slots appear only when a program asks for the number of slots, so that the list has the announced size.
    if (list == nullptr || in.module.listed_slots == 0)
        in.module.listed_slots = in.module.slots.all().size();
    std::vector<CK_SLOT_ID> ids;
    for (const Slot& slot : in.module.slots.all())
        if (slot.id < in.module.listed_slots && (token_present == CK_FALSE || slot.token))
            ids.push_back(slot.id);
    return give(ids, list, count);
}

Answer<> slot_info(CK_SLOT_ID id, CK_SLOT_INFO* info)
{
    TRY_ASSIGN(InSlot in, in_slot(id));
    if (info == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *info = {};
    set_text(info->slotDescription, "Sceau " + std::to_string(id + 1));
    set_text(info->manufacturerID, kManufacturer);
    info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (in.slot.token ? CKF_TOKEN_PRESENT : 0);
    return {};
}

Answer<> token_info(CK_SLOT_ID id, CK_TOKEN_INFO* info)
{
    TRY_ASSIGN(InSlot in, in_token(id));
    if (info == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *info = {};
    describe(in.module, in.slot, *info);
    return {};
}

// Waiting is refused, because it would hold the lock; programs then poll.
Answer<> slot_event(CK_FLAGS flags, CK_SLOT_ID* id, void* reserved)
{
    TRY_ASSIGN(InModule in, in_module());
    if (id == nullptr || reserved != nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if ((flags & CKF_DONT_BLOCK) == 0)
        return std::unexpected(CKR_FUNCTION_NOT_SUPPORTED);
    in.module.refresh();
    const auto changed = std::ranges::find(in.module.slots.all(), true, &Slot::changed);
    if (changed == in.module.slots.all().end())
        return std::unexpected(CKR_NO_EVENT);
    changed->changed = false;
    *id = changed->id;
    return {};
}

Answer<> mechanism_list(CK_SLOT_ID id, CK_MECHANISM_TYPE* list, CK_ULONG* count)
{
    TRY_ASSIGN(InSlot in, in_token(id));
    return give(mechanisms_of(in.slot.objects), list, count);
}

Answer<> describe_mechanism(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    TRY_ASSIGN(InSlot in, in_token(id));
    if (info == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    const auto found = mechanism_info(type, in.slot.objects);
    if (!found)
        return std::unexpected(CKR_MECHANISM_INVALID);
    *info = *found;
    return {};
}

} // namespace

extern "C" {

CK_RV C_GetSlotList(CK_BBOOL token_present, CK_SLOT_ID* list, CK_ULONG* count)
{
    return at_edge(slot_list, token_present, list, count);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO* info)
{
    return at_edge(slot_info, id, info);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO* info)
{
    return at_edge(token_info, id, info);
}

CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID* id, void* reserved)
{
    return at_edge(slot_event, flags, id, reserved);
}

CK_RV C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE* list, CK_ULONG* count)
{
    return at_edge(mechanism_list, id, list, count);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    return at_edge(describe_mechanism, id, type, info);
}

} // extern "C"

} // namespace sceau::pkcs11_module
