#include "pkcs11/token/cryptoki.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sceau::pkcs11::token {

namespace {

struct Name {
    CK_RV value;
    std::string_view name;
};

// p11_kit_strerror() has sentences, but a technician looks up the standard's name.
constexpr std::array kNames = {
    Name{CKR_OK, "CKR_OK"},
    Name{CKR_CANCEL, "CKR_CANCEL"},
    Name{CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
    Name{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID"},
    Name{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
    Name{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
    Name{CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD"},
    Name{CKR_NO_EVENT, "CKR_NO_EVENT"},
    Name{CKR_NEED_TO_CREATE_THREADS, "CKR_NEED_TO_CREATE_THREADS"},
    Name{CKR_CANT_LOCK, "CKR_CANT_LOCK"},
    Name{CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY"},
    Name{CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE"},
    Name{CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID"},
    Name{CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID"},
    Name{CKR_ACTION_PROHIBITED, "CKR_ACTION_PROHIBITED"},
    Name{CKR_DATA_INVALID, "CKR_DATA_INVALID"},
    Name{CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE"},
    Name{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
    Name{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
    Name{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
    Name{CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID"},
    Name{CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE"},
    Name{CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED"},
    Name{CKR_FUNCTION_NOT_PARALLEL, "CKR_FUNCTION_NOT_PARALLEL"},
    Name{CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED"},
    Name{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
    Name{CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE"},
    Name{CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT"},
    Name{CKR_KEY_NOT_NEEDED, "CKR_KEY_NOT_NEEDED"},
    Name{CKR_KEY_CHANGED, "CKR_KEY_CHANGED"},
    Name{CKR_KEY_NEEDED, "CKR_KEY_NEEDED"},
    Name{CKR_KEY_INDIGESTIBLE, "CKR_KEY_INDIGESTIBLE"},
    Name{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
    Name{CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE"},
    Name{CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE"},
    Name{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
    Name{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID"},
    Name{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
    Name{CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE"},
    Name{CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED"},
    Name{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
    Name{CKR_PIN_INVALID, "CKR_PIN_INVALID"},
    Name{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE"},
    Name{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED"},
    Name{CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
    Name{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
    Name{CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
    Name{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
    Name{CKR_SESSION_PARALLEL_NOT_SUPPORTED, "CKR_SESSION_PARALLEL_NOT_SUPPORTED"},
    Name{CKR_SESSION_READ_ONLY, "CKR_SESSION_READ_ONLY"},
    Name{CKR_SESSION_EXISTS, "CKR_SESSION_EXISTS"},
    Name{CKR_SESSION_READ_ONLY_EXISTS, "CKR_SESSION_READ_ONLY_EXISTS"},
    Name{CKR_SESSION_READ_WRITE_SO_EXISTS, "CKR_SESSION_READ_WRITE_SO_EXISTS"},
    Name{CKR_SIGNATURE_INVALID, "CKR_SIGNATURE_INVALID"},
    Name{CKR_SIGNATURE_LEN_RANGE, "CKR_SIGNATURE_LEN_RANGE"},
    Name{CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE"},
    Name{CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT"},
    Name{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
    Name{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
    Name{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED"},
    Name{CKR_UNWRAPPING_KEY_HANDLE_INVALID, "CKR_UNWRAPPING_KEY_HANDLE_INVALID"},
    Name{CKR_UNWRAPPING_KEY_SIZE_RANGE, "CKR_UNWRAPPING_KEY_SIZE_RANGE"},
    Name{CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT"},
    Name{CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN"},
    Name{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    Name{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
    Name{CKR_USER_TYPE_INVALID, "CKR_USER_TYPE_INVALID"},
    Name{CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"},
    Name{CKR_USER_TOO_MANY_TYPES, "CKR_USER_TOO_MANY_TYPES"},
    Name{CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID"},
    Name{CKR_WRAPPED_KEY_LEN_RANGE, "CKR_WRAPPED_KEY_LEN_RANGE"},
    Name{CKR_WRAPPING_KEY_HANDLE_INVALID, "CKR_WRAPPING_KEY_HANDLE_INVALID"},
    Name{CKR_WRAPPING_KEY_SIZE_RANGE, "CKR_WRAPPING_KEY_SIZE_RANGE"},
    Name{CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "CKR_WRAPPING_KEY_TYPE_INCONSISTENT"},
    Name{CKR_RANDOM_SEED_NOT_SUPPORTED, "CKR_RANDOM_SEED_NOT_SUPPORTED"},
    Name{CKR_RANDOM_NO_RNG, "CKR_RANDOM_NO_RNG"},
    Name{CKR_DOMAIN_PARAMS_INVALID, "CKR_DOMAIN_PARAMS_INVALID"},
    Name{CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED"},
    Name{CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL"},
    Name{CKR_SAVED_STATE_INVALID, "CKR_SAVED_STATE_INVALID"},
    Name{CKR_INFORMATION_SENSITIVE, "CKR_INFORMATION_SENSITIVE"},
    Name{CKR_STATE_UNSAVEABLE, "CKR_STATE_UNSAVEABLE"},
    Name{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
    Name{CKR_CRYPTOKI_ALREADY_INITIALIZED, "CKR_CRYPTOKI_ALREADY_INITIALIZED"},
    Name{CKR_MUTEX_BAD, "CKR_MUTEX_BAD"},
    Name{CKR_MUTEX_NOT_LOCKED, "CKR_MUTEX_NOT_LOCKED"},
    Name{CKR_NEW_PIN_MODE, "CKR_NEW_PIN_MODE"},
    Name{CKR_NEXT_OTP, "CKR_NEXT_OTP"},
    Name{CKR_EXCEEDED_MAX_ITERATIONS, "CKR_EXCEEDED_MAX_ITERATIONS"},
    Name{CKR_FIPS_SELF_TEST_FAILED, "CKR_FIPS_SELF_TEST_FAILED"},
    Name{CKR_LIBRARY_LOAD_FAILED, "CKR_LIBRARY_LOAD_FAILED"},
    Name{CKR_PIN_TOO_WEAK, "CKR_PIN_TOO_WEAK"},
    Name{CKR_PUBLIC_KEY_INVALID, "CKR_PUBLIC_KEY_INVALID"},
    Name{CKR_FUNCTION_REJECTED, "CKR_FUNCTION_REJECTED"},
};

/// Values that only make sense from a function that deals with the person. If another function returned "the PIN is
/// wrong", the person would be asked again and a right PIN would count as refused.
bool is_out_of_place(std::string_view function, CK_RV value)
{
    switch (value) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_LOCKED:
        return function != "C_Login";
    case CKR_FUNCTION_CANCELED:
    case CKR_FUNCTION_REJECTED:
        // Such a function may wait for a button on the token.
        return function != "C_Login" && function != "C_Sign" && function != "C_Decrypt" && function != "C_DeriveKey";
    default:
        return false;
    }
}

base::ErrorCode code_of(std::string_view function, CK_RV value)
{
    if (is_out_of_place(function, value))
        return base::ErrorCode::token_failed;
    switch (value) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
        return base::ErrorCode::pin_incorrect;
    case CKR_PIN_LOCKED:
        return base::ErrorCode::pin_locked;
    case CKR_PIN_EXPIRED:
    case CKR_USER_PIN_NOT_INITIALIZED:
        return base::ErrorCode::pin_to_be_changed;
    case CKR_USER_ALREADY_LOGGED_IN:
    case CKR_USER_ANOTHER_ALREADY_LOGGED_IN:
        return base::ErrorCode::busy;
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_DEVICE_REMOVED:
    case CKR_SESSION_HANDLE_INVALID: // removing a token closes its sessions; Sceau never uses one that it closed itself
    case CKR_SESSION_CLOSED:
        return base::ErrorCode::token_absent;
    case CKR_FUNCTION_CANCELED:
    case CKR_FUNCTION_REJECTED:
        return base::ErrorCode::cancelled;
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_SIZE_RANGE:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
        return base::ErrorCode::unsupported;
    default:
        return base::ErrorCode::token_failed;
    }
}

} // namespace

std::string name_of(CK_RV value)
{
    const auto* found = std::ranges::find(kNames, value, &Name::value);
    return found == kNames.end() ? fmt::format("CKR {:#x}", value) : std::string(found->name);
}

base::Error error_of(std::string_view function, CK_RV value)
{
    base::Error error;
    error.code = code_of(function, value);
    error.message = fmt::format("{}: {}", function, name_of(value));
    if (error.code == base::ErrorCode::busy)
        error.message = fmt::format("somebody is logged in to the token already ({})", error.message);
    return error;
}

base::Result<> check(std::string_view function, CK_RV value)
{
    if (value != CKR_OK)
        return std::unexpected(error_of(function, value));
    return {};
}

} // namespace sceau::pkcs11::token
