// PKCS#11 2.40 §5.4, and the interfaces of version 3.0.
#include "base/confinement.h"
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/text_field.h"

#include <array>
#include <cstring>
#include <string_view>

namespace sceau::pkcs11_module {

namespace {

CK_FUNCTION_LIST g_functions = {
    {2, 40},
    C_Initialize,
    C_Finalize,
    C_GetInfo,
    C_GetFunctionList,
    C_GetSlotList,
    C_GetSlotInfo,
    C_GetTokenInfo,
    C_GetMechanismList,
    C_GetMechanismInfo,
    C_InitToken,
    C_InitPIN,
    C_SetPIN,
    C_OpenSession,
    C_CloseSession,
    C_CloseAllSessions,
    C_GetSessionInfo,
    C_GetOperationState,
    C_SetOperationState,
    C_Login,
    C_Logout,
    C_CreateObject,
    C_CopyObject,
    C_DestroyObject,
    C_GetObjectSize,
    C_GetAttributeValue,
    C_SetAttributeValue,
    C_FindObjectsInit,
    C_FindObjects,
    C_FindObjectsFinal,
    C_EncryptInit,
    C_Encrypt,
    C_EncryptUpdate,
    C_EncryptFinal,
    C_DecryptInit,
    C_Decrypt,
    C_DecryptUpdate,
    C_DecryptFinal,
    C_DigestInit,
    C_Digest,
    C_DigestUpdate,
    C_DigestKey,
    C_DigestFinal,
    C_SignInit,
    C_Sign,
    C_SignUpdate,
    C_SignFinal,
    C_SignRecoverInit,
    C_SignRecover,
    C_VerifyInit,
    C_Verify,
    C_VerifyUpdate,
    C_VerifyFinal,
    C_VerifyRecoverInit,
    C_VerifyRecover,
    C_DigestEncryptUpdate,
    C_DecryptDigestUpdate,
    C_SignEncryptUpdate,
    C_DecryptVerifyUpdate,
    C_GenerateKey,
    C_GenerateKeyPair,
    C_WrapKey,
    C_UnwrapKey,
    C_DeriveKey,
    C_SeedRandom,
    C_GenerateRandom,
    C_GetFunctionStatus,
    C_CancelFunction,
    C_WaitForSlotEvent,
};

std::array<unsigned char, 8> g_interface_name = {'P', 'K', 'C', 'S', ' ', '1', '1', '\0'};

// A forked child keeps its sessions and handles (3.0 §3.6).
CK_INTERFACE g_interface = {g_interface_name.data(), &g_functions, kInterfaceForkSafe};

bool may_lock(const CK_C_INITIALIZE_ARGS& args)
{
    const int given = (args.CreateMutex != nullptr ? 1 : 0) + (args.DestroyMutex != nullptr ? 1 : 0) +
                      (args.LockMutex != nullptr ? 1 : 0) + (args.UnlockMutex != nullptr ? 1 : 0);
    return given == 0 || given == 4;
}

bool is_ours(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_FLAGS flags)
{
    const CK_VERSION& own = g_functions.version;
    return (name == nullptr || std::strcmp(reinterpret_cast<const char*>(name), "PKCS 11") == 0) &&
           (version == nullptr || (version->major == own.major && version->minor == own.minor)) &&
           (flags & ~kInterfaceForkSafe) == 0;
}

// The module always uses the operating system's locks, which work whatever the program prefers.
Answer<> initialize_with(void* init_args)
{
    if (const auto* args = static_cast<const CK_C_INITIALIZE_ARGS*>(init_args);
        args != nullptr && (args->pReserved != nullptr || !may_lock(*args)))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    // A program that uses OpenSSL has already configured it. In one that does not, no code is loaded for the module.
    base::start_openssl_without_configuration();
    return initialize();
}

Answer<> finalize_with(void* reserved)
{
    if (reserved != nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return finalize();
}

Answer<> library_info(CK_INFO* info)
{
    TRY(in_module());
    if (info == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *info = {};
    info->cryptokiVersion = g_functions.version;
    set_text(info->manufacturerID, kManufacturer);
    set_text(info->libraryDescription, "Sceau: the agent's tokens");
    info->libraryVersion = {SCEAU_VERSION_MAJOR, SCEAU_VERSION_MINOR};
    return {};
}

Answer<> function_list(CK_FUNCTION_LIST** list)
{
    if (list == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *list = &g_functions;
    return {};
}

Answer<> interface_list(CK_INTERFACE* interfaces, CK_ULONG* count)
{
    return give(std::vector<CK_INTERFACE>{g_interface}, interfaces, count);
}

Answer<> interface_named(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE** interface, CK_FLAGS flags)
{
    if (interface == nullptr || !is_ours(name, version, flags))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *interface = &g_interface;
    return {};
}

Answer<> no_parallel_function(CK_SESSION_HANDLE handle)
{
    TRY(in_session(handle));
    return std::unexpected(CKR_FUNCTION_NOT_PARALLEL);
}

} // namespace

extern "C" {

CK_RV C_Initialize(void* init_args)
{
    return at_edge(initialize_with, init_args);
}

CK_RV C_Finalize(void* reserved)
{
    return at_edge(finalize_with, reserved);
}

CK_RV C_GetInfo(CK_INFO* info)
{
    return at_edge(library_info, info);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list)
{
    return at_edge(function_list, list);
}

CK_RV C_GetInterfaceList(CK_INTERFACE* interfaces, CK_ULONG* count)
{
    return at_edge(interface_list, interfaces, count);
}

CK_RV C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE** interface, CK_FLAGS flags)
{
    return at_edge(interface_named, name, version, interface, flags);
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE handle)
{
    return at_edge(no_parallel_function, handle);
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE handle)
{
    return at_edge(no_parallel_function, handle);
}

} // extern "C"

} // namespace sceau::pkcs11_module
