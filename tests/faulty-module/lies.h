// The false answers of single functions. A lie does the function's work itself, with or without SoftHSM's help.
#pragma once

#include "tests/faulty-module/orders.h"

#include <p11-kit/pkcs11.h>

#include <span>

namespace sceau::faulty {

CK_FUNCTION_LIST& softhsm();

template <class... Arguments>
struct Lie {
    std::string_view fault;
    CK_RV (*say)(Arguments...);
};

using InitializeLie = Lie<void*>;
using GetSlotListLie = Lie<CK_BBOOL, CK_SLOT_ID*, CK_ULONG*>;
using GetSlotInfoLie = Lie<CK_SLOT_ID, CK_SLOT_INFO*>;
using GetTokenInfoLie = Lie<CK_SLOT_ID, CK_TOKEN_INFO*>;
using GetMechanismInfoLie = Lie<CK_SLOT_ID, CK_MECHANISM_TYPE, CK_MECHANISM_INFO*>;
using OpenSessionLie = Lie<CK_SLOT_ID, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE*>;
using CloseAllSessionsLie = Lie<CK_SLOT_ID>;
using LoginLie = Lie<CK_SESSION_HANDLE, CK_USER_TYPE, CK_BYTE*, CK_ULONG>;
using FindObjectsLie = Lie<CK_SESSION_HANDLE, CK_OBJECT_HANDLE*, CK_ULONG, CK_ULONG*>;
using GetAttributeValueLie = Lie<CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_ATTRIBUTE*, CK_ULONG>;
using SignInitLie = Lie<CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE>;
using SignLie = Lie<CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG*>;

// Selected by the arguments, which differ between all functions that lie.
std::span<const InitializeLie> lies_of(const InitializeLie*);
std::span<const GetSlotListLie> lies_of(const GetSlotListLie*);
std::span<const GetSlotInfoLie> lies_of(const GetSlotInfoLie*);
std::span<const GetTokenInfoLie> lies_of(const GetTokenInfoLie*);
std::span<const GetMechanismInfoLie> lies_of(const GetMechanismInfoLie*);
std::span<const OpenSessionLie> lies_of(const OpenSessionLie*);
std::span<const CloseAllSessionsLie> lies_of(const CloseAllSessionsLie*);
std::span<const LoginLie> lies_of(const LoginLie*);
std::span<const FindObjectsLie> lies_of(const FindObjectsLie*);
std::span<const GetAttributeValueLie> lies_of(const GetAttributeValueLie*);
std::span<const SignInitLie> lies_of(const SignInitLie*);
std::span<const SignLie> lies_of(const SignLie*);

/// A function that has no lie of its own.
template <class... Arguments>
std::span<const Lie<Arguments...>> lies_of(const Lie<Arguments...>*)
{
    return {};
}

} // namespace sceau::faulty
