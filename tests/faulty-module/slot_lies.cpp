// Lies about slots and tokens.
#include "tests/faulty-module/lies.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace sceau::faulty {

namespace {

bool tokens_are_swapped = false;

std::vector<CK_SLOT_ID> real_slots(CK_BBOOL with_token)
{
    CK_ULONG count = 0;
    softhsm().C_GetSlotList(with_token, nullptr, &count);
    std::vector<CK_SLOT_ID> slots(count);
    softhsm().C_GetSlotList(with_token, slots.data(), &count);
    return slots;
}

/// Returns the other slot with an initialised token.
CK_SLOT_ID other_slot(CK_SLOT_ID slot)
{
    for (const CK_SLOT_ID other : real_slots(CK_TRUE)) {
        CK_TOKEN_INFO info{};
        if (other != slot && softhsm().C_GetTokenInfo(other, &info) == CKR_OK &&
            (info.flags & CKF_TOKEN_INITIALIZED) != 0)
            return other;
    }
    return slot;
}

// --- C_GetSlotList ---

CK_RV no_slots(CK_BBOOL, CK_SLOT_ID*, CK_ULONG* count)
{
    *count = 0;
    return CKR_OK;
}

CK_RV list(const std::vector<CK_SLOT_ID>& all, CK_SLOT_ID* slots, CK_ULONG* count)
{
    if (slots != nullptr)
        std::copy_n(all.begin(), std::min(all.size(), *count), slots);
    *count = all.size();
    return CKR_OK;
}

CK_RV thousands_of_tokens(CK_BBOOL, CK_SLOT_ID* slots, CK_ULONG* count)
{
    return list(std::vector<CK_SLOT_ID>(5000, real_slots(CK_TRUE).front()), slots, count);
}

/// The token in SoftHSM's last slot is not initialised.
CK_RV thousands_of_slots(CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count)
{
    auto all = real_slots(with_token);
    all.resize(5000, all.back());
    return list(all, slots, count);
}

CK_RV more_slots_than_memory(CK_BBOOL, CK_SLOT_ID*, CK_ULONG* count)
{
    *count = 1UL << 40;
    return CKR_OK;
}

/// The second call claims to have written more than there was room for.
CK_RV growing_list(CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count)
{
    const CK_RV value = softhsm().C_GetSlotList(with_token, slots, count);
    if (slots != nullptr)
        *count += 1000;
    return value;
}

/// Three times, a reader is plugged in between the two calls.
CK_RV list_that_grew(CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count)
{
    static int times = 0;
    return slots != nullptr && ++times <= 3 ? CKR_BUFFER_TOO_SMALL : softhsm().C_GetSlotList(with_token, slots, count);
}

// Slots have different numbers in each process, in every function that takes one.
CK_SLOT_ID shift()
{
    return static_cast<CK_SLOT_ID>(::getpid());
}

CK_RV renumbered_list(CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count)
{
    const CK_RV value = softhsm().C_GetSlotList(with_token, slots, count);
    if (slots != nullptr)
        std::for_each(slots, slots + *count, [](CK_SLOT_ID& slot) { slot += shift(); });
    return value;
}

// --- C_GetSlotInfo ---

CK_RV no_token(CK_SLOT_ID slot, CK_SLOT_INFO* info)
{
    const CK_RV value = softhsm().C_GetSlotInfo(slot, info);
    info->flags &= ~CKF_TOKEN_PRESENT;
    return value;
}

CK_RV removable(CK_SLOT_ID slot, CK_SLOT_INFO* info)
{
    const CK_RV value = softhsm().C_GetSlotInfo(slot, info);
    info->flags |= CKF_REMOVABLE_DEVICE;
    return value;
}

CK_RV renumbered_slot(CK_SLOT_ID slot, CK_SLOT_INFO* info)
{
    return softhsm().C_GetSlotInfo(slot - shift(), info);
}

// --- C_GetTokenInfo ---

template <CK_FLAGS kSet, CK_FLAGS kCleared = 0>
CK_RV flags(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    info->flags = (info->flags | kSet) & ~kCleared;
    return value;
}

/// After a wrong PIN, SoftHSM reports "low".
template <CK_FLAGS kSet>
CK_RV flags_when_low(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    if ((info->flags & CKF_USER_PIN_COUNT_LOW) != 0)
        info->flags |= kSet;
    return value;
}

template <std::size_t Size>
void overwrite(CK_UTF8CHAR (&field)[Size], std::string_view text)
{
    std::memcpy(field, text.data(), std::min(text.size(), Size));
}

template <CK_ULONG kShortest, CK_ULONG kLongest>
CK_RV pin_lengths(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    info->ulMinPinLen = kShortest;
    info->ulMaxPinLen = kLongest;
    return value;
}

CK_RV blank_label(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    std::ranges::fill(info->label, ' ');
    return value;
}

CK_RV latin_1_label(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    overwrite(info->label, "Pr\xe9sident");
    return value;
}

CK_RV escapes_in_names(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    overwrite(info->label, "\x1b]0;evil\x07\x1b[2J\r\nOK\n\xff\xc0\x80");
    overwrite(info->serialNumber, "\x1b[1m\n\r\t\x7f");
    overwrite(info->manufacturerID, "\xe2\x80\xae"
                                    "evil\x1b[0m");
    return value;
}

CK_RV other_label(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    overwrite(info->label, "Someone");
    return value;
}

CK_RV other_serial(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    overwrite(info->serialNumber, "666");
    return value;
}

/// All tokens and all slots give the same description.
CK_RV token_of_twins(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm().C_GetTokenInfo(slot, info);
    std::ranges::fill(info->label, CK_UTF8CHAR{' '});
    std::ranges::fill(info->serialNumber, CK_UTF8CHAR{'0'});
    overwrite(info->label, "Twin");
    return value;
}

CK_RV slot_of_twins(CK_SLOT_ID slot, CK_SLOT_INFO* info)
{
    const CK_RV value = softhsm().C_GetSlotInfo(slot, info);
    std::ranges::fill(info->slotDescription, CK_UTF8CHAR{' '});
    overwrite(info->slotDescription, "Slot");
    return value;
}

CK_RV swapped_token(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    return softhsm().C_GetTokenInfo(tokens_are_swapped ? other_slot(slot) : slot, info);
}

CK_RV renumbered_token(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    return softhsm().C_GetTokenInfo(slot - shift(), info);
}

// --- the others ---

CK_RV renumbered_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    return softhsm().C_GetMechanismInfo(slot - shift(), type, info);
}

CK_RV no_raw_rsa(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    return type == CKM_RSA_X_509 ? CKR_MECHANISM_INVALID : softhsm().C_GetMechanismInfo(slot, type, info);
}

/// Two tokens have changed places since the slots were listed.
CK_RV swap_tokens(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify, CK_SESSION_HANDLE* session)
{
    tokens_are_swapped = true;
    return softhsm().C_OpenSession(other_slot(slot), flags, application, notify, session);
}

CK_RV renumbered_session(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                         CK_SESSION_HANDLE* session)
{
    return softhsm().C_OpenSession(slot - shift(), flags, application, notify, session);
}

CK_RV renumbered_sessions(CK_SLOT_ID slot)
{
    return softhsm().C_CloseAllSessions(slot - shift());
}

constexpr std::array kGetSlotList = {
    GetSlotListLie{"none", no_slots},
    GetSlotListLie{"thousands-of-tokens", thousands_of_tokens},
    GetSlotListLie{"thousands-of-slots", thousands_of_slots},
    GetSlotListLie{"more-than-memory", more_slots_than_memory},
    GetSlotListLie{"grows", growing_list},
    GetSlotListLie{"grew-meanwhile", list_that_grew},
    GetSlotListLie{"renumbered", renumbered_list},
};

constexpr std::array kGetSlotInfo = {
    GetSlotInfoLie{"no-token", no_token},
    GetSlotInfoLie{"removable", removable},
    GetSlotInfoLie{"renumbered", renumbered_slot},
    GetSlotInfoLie{"twins", slot_of_twins},
};

constexpr std::array kGetTokenInfo = {
    GetTokenInfoLie{"low", flags<CKF_USER_PIN_COUNT_LOW>},
    GetTokenInfoLie{"final-try", flags<CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW>},
    GetTokenInfoLie{"locked", flags<CKF_USER_PIN_LOCKED>},
    GetTokenInfoLie{"final-try-when-low", flags_when_low<CKF_USER_PIN_FINAL_TRY>},
    GetTokenInfoLie{"locked-when-low", flags_when_low<CKF_USER_PIN_LOCKED>},
    GetTokenInfoLie{"pad", flags<CKF_PROTECTED_AUTHENTICATION_PATH>},
    GetTokenInfoLie{"not-initialised", flags<0, CKF_TOKEN_INITIALIZED>},
    GetTokenInfoLie{"no-pin", flags<0, CKF_USER_PIN_INITIALIZED>},
    GetTokenInfoLie{"to-be-changed", flags<CKF_USER_PIN_TO_BE_CHANGED>},
    GetTokenInfoLie{"pins-of-7-or-8", pin_lengths<7, 8>},
    GetTokenInfoLie{"pins-of-no-known-length", pin_lengths<CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION>},
    GetTokenInfoLie{"blank-label", blank_label},
    GetTokenInfoLie{"no-login", flags<0, CKF_LOGIN_REQUIRED>},
    GetTokenInfoLie{"latin-1-label", latin_1_label},
    GetTokenInfoLie{"escapes-in-names", escapes_in_names},
    GetTokenInfoLie{"other-label", other_label},
    GetTokenInfoLie{"other-serial", other_serial},
    GetTokenInfoLie{"swapped", swapped_token},
    GetTokenInfoLie{"renumbered", renumbered_token},
    GetTokenInfoLie{"twins", token_of_twins},
};

constexpr std::array kGetMechanismInfo = {
    GetMechanismInfoLie{"renumbered", renumbered_mechanism},
    GetMechanismInfoLie{"no-raw-rsa", no_raw_rsa},
};

constexpr std::array kOpenSession = {
    OpenSessionLie{"swaps-tokens", swap_tokens},
    OpenSessionLie{"renumbered", renumbered_session},
};

constexpr std::array kCloseAllSessions = {CloseAllSessionsLie{"renumbered", renumbered_sessions}};

} // namespace

std::span<const GetSlotListLie> lies_of(const GetSlotListLie*)
{
    return kGetSlotList;
}
std::span<const GetSlotInfoLie> lies_of(const GetSlotInfoLie*)
{
    return kGetSlotInfo;
}
std::span<const GetTokenInfoLie> lies_of(const GetTokenInfoLie*)
{
    return kGetTokenInfo;
}
std::span<const GetMechanismInfoLie> lies_of(const GetMechanismInfoLie*)
{
    return kGetMechanismInfo;
}
std::span<const OpenSessionLie> lies_of(const OpenSessionLie*)
{
    return kOpenSession;
}
std::span<const CloseAllSessionsLie> lies_of(const CloseAllSessionsLie*)
{
    return kCloseAllSessions;
}

} // namespace sceau::faulty
