// Every function of the standard reports a wrong argument before it says that it is not supported, and never crashes.
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <dlfcn.h>

#include <cstring>
#include <functional>

using namespace sceau;
using namespace sceau::test;

namespace {

using Call = std::function<CK_RV(CK_SESSION_HANDLE)>;

CK_MECHANISM g_mechanism = {.mechanism = CKM_RSA_PKCS, .pParameter = nullptr, .ulParameterLen = 0};
CK_BYTE g_bytes[64] = {};
CK_ULONG g_size = sizeof g_bytes;
CK_OBJECT_HANDLE g_object = 0;
CK_SESSION_INFO g_info;

struct Checked {
    const char* name;
    Call good;
    Call bad; // with impossible arguments
    CK_RV answer;
};

// Uses the handle 1, which is that of the first certificate.
std::vector<Checked> refused_operations()
{
    const CK_FUNCTION_LIST& f = functions();
    const CK_RV not_begun = CKR_OPERATION_NOT_INITIALIZED;
    const auto data = [&](const char* name, auto function, CK_RV answer = CKR_FUNCTION_NOT_SUPPORTED) {
        return Checked{name, [=](auto s) { return function(s, g_bytes, 8, g_bytes, &g_size); },
                       [=](auto s) { return function(s, nullptr, 8, g_bytes, &g_size); }, answer};
    };
    const auto init = [&](const char* name, auto function, CK_RV answer = CKR_FUNCTION_NOT_SUPPORTED) {
        return Checked{name, [=](auto s) { return function(s, &g_mechanism, 1); },
                       [=](auto s) { return function(s, nullptr, 1); }, answer};
    };
    const auto last = [&](const char* name, auto function, CK_RV answer = CKR_FUNCTION_NOT_SUPPORTED) {
        return Checked{name, [=](auto s) { return function(s, g_bytes, &g_size); },
                       [=](auto s) { return function(s, g_bytes, nullptr); }, answer};
    };
    const auto part = [&](const char* name, auto function, CK_RV answer) {
        return Checked{name, [=](auto s) { return function(s, g_bytes, 8); },
                       [=](auto s) { return function(s, nullptr, 8); }, answer};
    };
    return {
        init("EncryptInit", f.C_EncryptInit, CKR_KEY_TYPE_INCONSISTENT),
        init("VerifyInit", f.C_VerifyInit, CKR_KEY_TYPE_INCONSISTENT),
        init("SignRecoverInit", f.C_SignRecoverInit),
        init("VerifyRecoverInit", f.C_VerifyRecoverInit),
        data("Encrypt", f.C_Encrypt, not_begun),
        data("EncryptUpdate", f.C_EncryptUpdate, not_begun),
        data("DecryptUpdate", f.C_DecryptUpdate),
        data("Digest", f.C_Digest, not_begun),
        data("SignRecover", f.C_SignRecover),
        data("VerifyRecover", f.C_VerifyRecover),
        data("DigestEncryptUpdate", f.C_DigestEncryptUpdate),
        data("DecryptDigestUpdate", f.C_DecryptDigestUpdate),
        data("SignEncryptUpdate", f.C_SignEncryptUpdate),
        data("DecryptVerifyUpdate", f.C_DecryptVerifyUpdate),
        last("EncryptFinal", f.C_EncryptFinal, not_begun),
        last("DecryptFinal", f.C_DecryptFinal),
        last("DigestFinal", f.C_DigestFinal, not_begun),
        last("GetOperationState", f.C_GetOperationState),
        part("DigestUpdate", f.C_DigestUpdate, not_begun),
        part("VerifyUpdate", f.C_VerifyUpdate, not_begun),
        part("VerifyFinal", f.C_VerifyFinal, not_begun),
        part("InitPIN", f.C_InitPIN, CKR_TOKEN_WRITE_PROTECTED),
        part("SeedRandom", f.C_SeedRandom, CKR_RANDOM_SEED_NOT_SUPPORTED),
        part("GenerateRandom", f.C_GenerateRandom, CKR_OK),
    };
}

std::vector<Checked> refused_objects()
{
    const CK_FUNCTION_LIST& f = functions();
    const CK_RV no = CKR_FUNCTION_NOT_SUPPORTED;
    return {
        {"DigestInit", [&](auto s) { return f.C_DigestInit(s, &g_mechanism); },
         [&](auto s) { return f.C_DigestInit(s, nullptr); }, CKR_MECHANISM_INVALID},
        {"Verify", [&](auto s) { return f.C_Verify(s, g_bytes, 8, g_bytes, 8); },
         [&](auto s) { return f.C_Verify(s, g_bytes, 8, nullptr, 8); }, CKR_OPERATION_NOT_INITIALIZED},
        {"SetOperationState", [&](auto s) { return f.C_SetOperationState(s, g_bytes, 8, 0, 0); },
         [&](auto s) { return f.C_SetOperationState(s, nullptr, 8, 0, 0); }, no},
        {"SetPIN", [&](auto s) { return f.C_SetPIN(s, g_bytes, 4, g_bytes, 4); },
         [&](auto s) { return f.C_SetPIN(s, nullptr, 4, g_bytes, 4); }, CKR_TOKEN_WRITE_PROTECTED},
        {"GenerateKey", [&](auto s) { return f.C_GenerateKey(s, &g_mechanism, nullptr, 0, &g_object); },
         [&](auto s) { return f.C_GenerateKey(s, &g_mechanism, nullptr, 1, &g_object); }, no},
        {"GenerateKeyPair",
         [&](auto s) { return f.C_GenerateKeyPair(s, &g_mechanism, nullptr, 0, nullptr, 0, &g_object, &g_object); },
         [&](auto s) { return f.C_GenerateKeyPair(s, &g_mechanism, nullptr, 0, nullptr, 0, nullptr, &g_object); }, no},
        {"WrapKey", [&](auto s) { return f.C_WrapKey(s, &g_mechanism, 1, 1, g_bytes, &g_size); },
         [&](auto s) { return f.C_WrapKey(s, &g_mechanism, 1, 1, g_bytes, nullptr); }, no},
        {"UnwrapKey", [&](auto s) { return f.C_UnwrapKey(s, &g_mechanism, 1, g_bytes, 8, nullptr, 0, &g_object); },
         [&](auto s) { return f.C_UnwrapKey(s, &g_mechanism, 1, nullptr, 8, nullptr, 0, &g_object); }, no},
        {"CreateObject", [&](auto s) { return f.C_CreateObject(s, nullptr, 0, &g_object); },
         [&](auto s) { return f.C_CreateObject(s, nullptr, 1, &g_object); }, CKR_TOKEN_WRITE_PROTECTED},
        {"CopyObject", [&](auto s) { return f.C_CopyObject(s, 1, nullptr, 0, &g_object); },
         [&](auto s) { return f.C_CopyObject(s, 1, nullptr, 0, nullptr); }, CKR_TOKEN_WRITE_PROTECTED},
        {"SetAttributeValue", [&](auto s) { return f.C_SetAttributeValue(s, 1, nullptr, 0); },
         [&](auto s) { return f.C_SetAttributeValue(s, 1, nullptr, 1); }, CKR_TOKEN_WRITE_PROTECTED},
    };
}

std::vector<Checked> served_functions()
{
    const CK_FUNCTION_LIST& f = functions();
    return {
        {"FindObjectsInit", [&](auto s) { return f.C_FindObjectsInit(s, nullptr, 0); },
         [&](auto s) { return f.C_FindObjectsInit(s, nullptr, 1); }, CKR_OK},
        {"FindObjects", [&](auto s) { return f.C_FindObjects(s, &g_object, 1, &g_size); },
         [&](auto s) { return f.C_FindObjects(s, &g_object, 1, nullptr); }, CKR_OK},
        {"GetAttributeValue", [&](auto s) { return f.C_GetAttributeValue(s, 1, nullptr, 0); },
         [&](auto s) { return f.C_GetAttributeValue(s, 1, nullptr, 1); }, CKR_OK},
        {"GetObjectSize", [&](auto s) { return f.C_GetObjectSize(s, 1, &g_size); },
         [&](auto s) { return f.C_GetObjectSize(s, 1, nullptr); }, CKR_OK},
        {"GetSessionInfo", [&](auto s) { return f.C_GetSessionInfo(s, &g_info); },
         [&](auto s) { return f.C_GetSessionInfo(s, nullptr); }, CKR_OK},
        {"Login", [&](auto s) { return f.C_Login(s, CKU_USER, nullptr, 0); },
         [&](auto s) { return f.C_Login(s, CKU_USER, nullptr, 4); }, CKR_OK},
        {"Sign", [&](auto s) { return f.C_Sign(s, g_bytes, 8, g_bytes, &g_size); },
         [&](auto s) { return f.C_Sign(s, nullptr, 8, g_bytes, &g_size); }, CKR_OPERATION_NOT_INITIALIZED},
        {"SignFinal", [&](auto s) { return f.C_SignFinal(s, g_bytes, &g_size); },
         [&](auto s) { return f.C_SignFinal(s, g_bytes, nullptr); }, CKR_OPERATION_NOT_INITIALIZED},
        {"SignUpdate", [&](auto s) { return f.C_SignUpdate(s, g_bytes, 8); },
         [&](auto s) { return f.C_SignUpdate(s, nullptr, 8); }, CKR_OPERATION_NOT_INITIALIZED},
        {"SignInit", [&](auto s) { return f.C_SignInit(s, &g_mechanism, 9999); },
         [&](auto s) { return f.C_SignInit(s, nullptr, 1); }, CKR_KEY_HANDLE_INVALID},
        {"DecryptInit", [&](auto s) { return f.C_DecryptInit(s, &g_mechanism, 9999); },
         [&](auto s) { return f.C_DecryptInit(s, nullptr, 1); }, CKR_KEY_HANDLE_INVALID},
        {"Decrypt", [&](auto s) { return f.C_Decrypt(s, g_bytes, 8, g_bytes, &g_size); },
         [&](auto s) { return f.C_Decrypt(s, nullptr, 8, g_bytes, &g_size); }, CKR_OPERATION_NOT_INITIALIZED},
        {"DeriveKey", [&](auto s) { return f.C_DeriveKey(s, &g_mechanism, 9999, nullptr, 0, &g_object); },
         [&](auto s) { return f.C_DeriveKey(s, &g_mechanism, 1, nullptr, 0, nullptr); }, CKR_KEY_HANDLE_INVALID},
    };
}

std::vector<Checked> functions_of_sessions()
{
    std::vector<Checked> all = refused_operations();
    for (const auto& more : {refused_objects(), served_functions()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

TEST_CASE("before it is initialised the module only answers that it is not")
{
    for (const Checked& function : functions_of_sessions()) {
        INFO(function.name);
        CHECK(function.good(1) == CKR_CRYPTOKI_NOT_INITIALIZED);
        CHECK(function.bad(1) == CKR_CRYPTOKI_NOT_INITIALIZED);
    }
    CK_ULONG count = 0;
    CK_INFO info;
    CHECK(functions().C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(functions().C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(functions().C_Finalize(nullptr) == CKR_CRYPTOKI_NOT_INITIALIZED);
}

TEST_CASE("a missing session, bad arguments and unsupported functions are reported in this order")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    REQUIRE(module.slots(true).size() == 1);
    const CK_SESSION_HANDLE session = module.open_session();
    for (const Checked& function : functions_of_sessions()) {
        INFO(function.name);
        g_size = sizeof g_bytes;
        CHECK(function.bad(9999) == CKR_SESSION_HANDLE_INVALID);
        CHECK(function.bad(session) == CKR_ARGUMENTS_BAD);
        CHECK(function.good(session) == function.answer);
    }
    CHECK(module->C_EncryptInit(session, &g_mechanism, 9999) == CKR_KEY_HANDLE_INVALID);
    CHECK(module->C_GetFunctionStatus(session) == CKR_FUNCTION_NOT_PARALLEL);
    CHECK(module->C_CancelFunction(session) == CKR_FUNCTION_NOT_PARALLEL);
    CHECK(module->C_DigestKey(session, 1) == CKR_FUNCTION_NOT_SUPPORTED);
}

TEST_CASE("a missing slot and bad arguments of the slot functions are reported")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_MECHANISM_INFO mechanism;
    CK_ULONG count = 0;
    CK_SESSION_HANDLE session = 0;
    CHECK(module->C_GetSlotInfo(9, &slot) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_GetTokenInfo(9, &token) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_GetMechanismList(9, nullptr, &count) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_GetMechanismInfo(9, CKM_ECDSA, &mechanism) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_InitToken(9, g_bytes, 4, g_bytes) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_OpenSession(9, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_CloseAllSessions(9) == CKR_SLOT_ID_INVALID);
    CHECK(module->C_GetSlotInfo(0, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetTokenInfo(0, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetMechanismList(0, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetMechanismInfo(0, CKM_ECDSA, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetMechanismInfo(0, CKM_RSA_PKCS, &mechanism) == CKR_MECHANISM_INVALID); // there is no RSA key
    CHECK(module->C_InitToken(0, g_bytes, 4, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_InitToken(0, g_bytes, 4, g_bytes) == CKR_TOKEN_WRITE_PROTECTED);
    CHECK(module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_OpenSession(0, 0, nullptr, nullptr, &session) == CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    CHECK(module->C_GetSlotList(CK_TRUE, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetInfo(nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_WaitForSlotEvent(CKF_DONT_BLOCK, nullptr, nullptr) == CKR_ARGUMENTS_BAD);
    CHECK(module->C_GetFunctionList(nullptr) == CKR_ARGUMENTS_BAD);
}

TEST_CASE("initialisation takes the arguments that the standard allows")
{
    CK_C_INITIALIZE_ARGS args{};
    args.CreateMutex = [](void**) -> CK_RV { return CKR_OK; };
    CHECK(functions().C_Initialize(&args) == CKR_ARGUMENTS_BAD); // only one of the four functions
    args = {};
    args.pReserved = &args;
    CHECK(functions().C_Initialize(&args) == CKR_ARGUMENTS_BAD);
    CHECK(functions().C_Initialize(nullptr) == CKR_OK);
    CHECK(functions().C_Initialize(nullptr) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
    CHECK(functions().C_Finalize(&args) == CKR_ARGUMENTS_BAD);
    CHECK(functions().C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("the list of functions is complete and is also the interface of version 3")
{
    const CK_FUNCTION_LIST& list = functions();
    CHECK(list.version.major == 2);
    CHECK(list.version.minor == 40);
    constexpr std::size_t kFunctions = 68;
    void* pointers[kFunctions];
    std::memcpy(static_cast<void*>(pointers), &list.C_Initialize, sizeof pointers);
    for (const void* pointer : pointers)
        CHECK(pointer != nullptr);

    void* library = ::dlopen(SCEAU_PKCS11_MODULE, RTLD_NOW | RTLD_LOCAL);
    const auto of_name = reinterpret_cast<decltype(&C_GetInterface)>(::dlsym(library, "C_GetInterface"));
    const auto all = reinterpret_cast<decltype(&C_GetInterfaceList)>(::dlsym(library, "C_GetInterfaceList"));
    REQUIRE((of_name != nullptr && all != nullptr));
    CK_INTERFACE* found = nullptr;
    auto name = std::to_array<CK_UTF8CHAR>({'P', 'K', 'C', 'S', ' ', '1', '1', '\0'});
    CHECK(of_name(name.data(), nullptr, &found, pkcs11_module::kInterfaceForkSafe) == CKR_OK);
    CHECK(found->pFunctionList == &list);
    CHECK(of_name(nullptr, nullptr, &found, 0) == CKR_OK);
    CHECK(of_name(name.data(), nullptr, nullptr, 0) == CKR_ARGUMENTS_BAD);
    CHECK(of_name(name.data(), nullptr, &found, 2) == CKR_ARGUMENTS_BAD); // an undefined flag
    for (const auto& [version, answer] :
         {std::pair{CK_VERSION{2, 40}, CKR_OK}, {CK_VERSION{3, 0}, CKR_ARGUMENTS_BAD}}) {
        CK_VERSION wanted = version;
        CHECK(of_name(name.data(), &wanted, &found, 0) == answer);
        CHECK(of_name(nullptr, &wanted, &found, 0) == answer);
    }
    name[0] = 'V';
    CHECK(of_name(name.data(), nullptr, &found, 0) == CKR_ARGUMENTS_BAD);
    CK_ULONG count = 0;
    CHECK(all(nullptr, &count) == CKR_OK);
    CHECK(count == 1);
    ::dlclose(library);
}
