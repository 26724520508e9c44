#include "pkcs11/token_info.h"

#include "pkcs11/text.h"

#include <fmt/format.h>

namespace sceau::pkcs11 {

namespace {

template <std::size_t Size>
std::string field(const CK_UTF8CHAR (&text)[Size])
{
    return text_of(base::as_text(text));
}

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

PinState pin_state_of(const CK_TOKEN_INFO& info)
{
    return {.low = (info.flags & CKF_USER_PIN_COUNT_LOW) != 0,
            .final_try = (info.flags & CKF_USER_PIN_FINAL_TRY) != 0,
            .locked = (info.flags & CKF_USER_PIN_LOCKED) != 0,
            .pad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0};
}

base::Result<> check_length(const CK_TOKEN_INFO& info, const base::Secret& pin)
{
    const PinState state = pin_state_of(info);
    if (pin.empty() && state.pad)
        return {};
    const bool tells_maximum = info.ulMaxPinLen != 0 && info.ulMaxPinLen != CK_UNAVAILABLE_INFORMATION;
    if (!pin.empty() && pin.size() >= info.ulMinPinLen && (!tells_maximum || pin.size() <= info.ulMaxPinLen))
        return {};
    base::Error error = base::pin_incorrect(tries_left(state));
    error.message = fmt::format("the PIN was not tried: this token's has {} to {} characters", info.ulMinPinLen,
                                tells_maximum ? std::to_string(info.ulMaxPinLen) : "any number of");
    return std::unexpected(error);
}

base::Error refused_pin(const PinState& state)
{
    if (state.locked)
        return base::pin_locked("that was the last try: the PIN is locked now");
    return base::pin_incorrect(tries_left(state));
}

} // namespace sceau::pkcs11
