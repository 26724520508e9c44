// Lies about the module as a whole.
#include "tests/faulty-module/lies.h"

#include <array>

namespace sceau::faulty {

namespace {

CK_RV wants_arguments(void* arguments)
{
    return arguments == nullptr ? CKR_ARGUMENTS_BAD : softhsm().C_Initialize(arguments);
}

CK_RV wants_no_arguments(void* arguments)
{
    return arguments != nullptr ? CKR_ARGUMENTS_BAD : softhsm().C_Initialize(nullptr);
}

/// The module claims that it cannot use the operating system's locks.
CK_RV wants_arguments_without_locks(void* arguments)
{
    if (arguments == nullptr || static_cast<CK_C_INITIALIZE_ARGS*>(arguments)->flags != 0)
        return CKR_CANT_LOCK;
    return softhsm().C_Initialize(nullptr);
}

CK_RV is_initialised_already(void* arguments)
{
    softhsm().C_Initialize(arguments);
    return CKR_CRYPTOKI_ALREADY_INITIALIZED;
}

constexpr std::array kInitialize = {
    InitializeLie{"wants-arguments", wants_arguments},
    InitializeLie{"wants-no-arguments", wants_no_arguments},
    InitializeLie{"wants-no-locks", wants_arguments_without_locks},
    InitializeLie{"already-initialised", is_initialised_already},
};

} // namespace

std::span<const InitializeLie> lies_of(const InitializeLie*)
{
    return kInitialize;
}

} // namespace sceau::faulty
