#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <dlfcn.h>

#include <stdexcept>

namespace sceau::test {

const Identity& rsa_identity()
{
    static const Identity identity = self_signed({.common_name = "Alice Example", .key = new_rsa_key(2048)});
    return identity;
}

const Identity& p256_identity()
{
    static const Identity identity = self_signed({.common_name = "Bob Example", .key = new_key("P-256")});
    return identity;
}

const Identity& p384_identity()
{
    static const Identity identity = self_signed({.common_name = "Carol Example", .key = new_key("P-384")});
    return identity;
}

const CK_FUNCTION_LIST& functions()
{
    static const CK_FUNCTION_LIST* const loaded = [] {
        void* library = ::dlopen(SCEAU_PKCS11_MODULE, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr)
            throw std::runtime_error(::dlerror());
        const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* found = nullptr;
        if (list == nullptr || list(&found) != CKR_OK)
            throw std::runtime_error("no C_GetFunctionList");
        return found;
    }();
    return *loaded;
}

LoadedModule::LoadedModule()
{
    CK_C_INITIALIZE_ARGS args{};
    args.flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK; // as NSS does
    REQUIRE(functions().C_Initialize(&args) == CKR_OK);
}

LoadedModule::~LoadedModule()
{
    functions().C_Finalize(nullptr);
}

std::vector<CK_SLOT_ID> LoadedModule::slots(bool with_token) const
{
    const CK_BBOOL wanted = with_token ? CK_TRUE : CK_FALSE;
    for (;;) {
        CK_ULONG count = 0;
        REQUIRE(functions().C_GetSlotList(wanted, nullptr, &count) == CKR_OK);
        std::vector<CK_SLOT_ID> ids(count);
        const CK_RV listed = functions().C_GetSlotList(wanted, ids.data(), &count);
        if (listed == CKR_BUFFER_TOO_SMALL)
            continue; // a token was plugged in between the two calls
        REQUIRE(listed == CKR_OK);
        ids.resize(count);
        return ids;
    }
}

CK_SESSION_HANDLE LoadedModule::open_session(CK_SLOT_ID slot) const
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    REQUIRE(functions().C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_OK);
    return session;
}

std::vector<CK_OBJECT_HANDLE> LoadedModule::find(CK_SESSION_HANDLE session, std::vector<CK_ATTRIBUTE> wanted) const
{
    REQUIRE(functions().C_FindObjectsInit(session, wanted.data(), wanted.size()) == CKR_OK);
    std::vector<CK_OBJECT_HANDLE> found;
    CK_OBJECT_HANDLE one = CK_INVALID_HANDLE;
    for (CK_ULONG count = 1; functions().C_FindObjects(session, &one, 1, &count) == CKR_OK && count == 1;)
        found.push_back(one);
    REQUIRE(functions().C_FindObjectsFinal(session) == CKR_OK);
    return found;
}

CK_OBJECT_HANDLE LoadedModule::private_key(CK_SESSION_HANDLE session, CK_KEY_TYPE type) const
{
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    const auto found = find(session, {test::attribute(CKA_CLASS, object_class), test::attribute(CKA_KEY_TYPE, type)});
    REQUIRE(found.size() == 1);
    return found.front();
}

base::Bytes LoadedModule::attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    CK_ATTRIBUTE wanted{.type = type, .pValue = nullptr, .ulValueLen = 0};
    REQUIRE(functions().C_GetAttributeValue(session, object, &wanted, 1) == CKR_OK);
    base::Bytes value(wanted.ulValueLen);
    wanted.pValue = value.data();
    REQUIRE(functions().C_GetAttributeValue(session, object, &wanted, 1) == CKR_OK);
    return value;
}

} // namespace sceau::test
