#include "pkcs11/token/token_info.h"

#include "pkcs11/text.h"

namespace sceau::pkcs11::token {

namespace {

template <std::size_t Size>
std::string field(const CK_UTF8CHAR (&text)[Size])
{
    return text_of(base::as_text(text));
}

constexpr CK_ULONG kLongestPin = 255; // larger values are CK_UNAVAILABLE_INFORMATION, or mean that there is no limit

std::optional<unsigned> tries_left(const PinState& state)
{
    return state.final_try ? std::optional(1U) : std::nullopt;
}

} // namespace

TokenIdentity identity_of(const CK_TOKEN_INFO& info)
{
    return {.label = field(info.label),
            .serial = field(info.serialNumber),
            .manufacturer = field(info.manufacturerID),
            .model = field(info.model)};
}

// Limits that contradict each other or are unknown count as not given.
PinState pin_state_of(const CK_TOKEN_INFO& info)
{
    const auto limit = [](CK_ULONG length) { return length > kLongestPin ? 0U : static_cast<unsigned>(length); };
    PinState state{.low = (info.flags & CKF_USER_PIN_COUNT_LOW) != 0,
                   .final_try = (info.flags & CKF_USER_PIN_FINAL_TRY) != 0,
                   .locked = (info.flags & CKF_USER_PIN_LOCKED) != 0,
                   .pad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0,
                   .to_be_changed = (info.flags & CKF_USER_PIN_TO_BE_CHANGED) != 0,
                   .not_set = (info.flags & CKF_USER_PIN_INITIALIZED) == 0,
                   .shortest = limit(info.ulMinPinLen),
                   .longest = limit(info.ulMaxPinLen)};
    if (state.longest != 0 && state.longest < state.shortest)
        state.shortest = state.longest = 0;
    return state;
}

Token describe(const CK_SLOT_INFO& slot, const CK_TOKEN_INFO& info)
{
    return {.identity = identity_of(info),
            .reader = field(slot.slotDescription),
            .removable = (slot.flags & CKF_REMOVABLE_DEVICE) != 0,
            .pin = pin_state_of(info),
            .certificates = {}};
}

base::Error refused_pin(const PinState& state, const std::string& refusal)
{
    base::Error error = base::pin_incorrect(tries_left(state));
    if (state.locked)
        error = base::pin_locked("that was the last try: the PIN is locked now");
    error.message += " (" + refusal + ")";
    return error;
}

} // namespace sceau::pkcs11::token
