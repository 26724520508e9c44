// A PKCS#11 module whose faults can be ordered. It has SoftHSM's functions, each of which first looks at its orders
// (orders.h).
#include "tests/faulty-module/actions.h"
#include "tests/faulty-module/lies.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace sceau::faulty {

namespace {

CK_FUNCTION_LIST* real = nullptr;

/// A function's name as a template argument.
struct Name {
    template <std::size_t Size>
    consteval Name(const char (&name)[Size])
    {
        std::copy_n(name, Size, text);
    }
    char text[32] = {};
};

// A test with an order that nobody understands must not pass.
[[noreturn]] void refuse(const Order& order)
{
    std::fprintf(stderr, "faulty-module: no such fault: %s\n", order.fault.c_str());
    std::abort();
}

template <class... Arguments>
std::string full_name(const char* name, Arguments...)
{
    return name;
}

std::string full_name(const char* name, CK_SESSION_HANDLE, CK_USER_TYPE user, CK_BYTE*, CK_ULONG)
{
    return user == CKU_CONTEXT_SPECIFIC ? std::string(name) + "(context)" : name;
}

template <auto kMember, class... Arguments>
CK_RV perform(const std::string& function, Arguments... arguments)
{
    for (const Order& order : note_call(function)) {
        const auto lies = lies_of(static_cast<const Lie<Arguments...>*>(nullptr));
        const auto lie = std::ranges::find(lies, order.fault, &Lie<Arguments...>::fault);
        if (lie != lies.end())
            return lie->say(arguments...);
        if (!is_action(order))
            refuse(order);
        if (const auto value = act(order))
            return *value;
    }
    return (real->*kMember)(arguments...);
}

template <Name kName, auto kMember, class... Arguments>
void replace(CK_FUNCTION_LIST& functions, CK_RV (*)(Arguments...))
{
    functions.*kMember = [](Arguments... arguments) {
        return perform<kMember>(full_name(kName.text, arguments...), arguments...);
    };
}

template <Name kName, auto kMember>
void make_faulty(CK_FUNCTION_LIST& functions)
{
    replace<kName, kMember>(functions, functions.*kMember);
}

CK_RV initialize(void* arguments)
{
    return perform<&CK_FUNCTION_LIST::C_Initialize>("C_Initialize", arguments);
}

/// Returns the list with every function that Sceau calls.
CK_FUNCTION_LIST faulty_functions()
{
    using List = CK_FUNCTION_LIST;
    List functions = *real;
    functions.C_Initialize = initialize;
    make_faulty<"C_Finalize", &List::C_Finalize>(functions);
    make_faulty<"C_GetInfo", &List::C_GetInfo>(functions);
    make_faulty<"C_GetSlotList", &List::C_GetSlotList>(functions);
    make_faulty<"C_GetSlotInfo", &List::C_GetSlotInfo>(functions);
    make_faulty<"C_GetTokenInfo", &List::C_GetTokenInfo>(functions);
    make_faulty<"C_GetMechanismInfo", &List::C_GetMechanismInfo>(functions);
    make_faulty<"C_OpenSession", &List::C_OpenSession>(functions);
    make_faulty<"C_CloseSession", &List::C_CloseSession>(functions);
    make_faulty<"C_CloseAllSessions", &List::C_CloseAllSessions>(functions);
    make_faulty<"C_Login", &List::C_Login>(functions);
    make_faulty<"C_Logout", &List::C_Logout>(functions);
    make_faulty<"C_FindObjectsInit", &List::C_FindObjectsInit>(functions);
    make_faulty<"C_FindObjects", &List::C_FindObjects>(functions);
    make_faulty<"C_FindObjectsFinal", &List::C_FindObjectsFinal>(functions);
    make_faulty<"C_GetAttributeValue", &List::C_GetAttributeValue>(functions);
    make_faulty<"C_SignInit", &List::C_SignInit>(functions);
    make_faulty<"C_Sign", &List::C_Sign>(functions);
    return functions;
}

} // namespace

CK_FUNCTION_LIST& softhsm()
{
    return *real;
}

} // namespace sceau::faulty

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list)
{
    using namespace sceau::faulty;
    static CK_FUNCTION_LIST functions;
    for (const Order& order : note_call("C_GetFunctionList"))
        if (const auto value = act(order))
            return *value;
    void* file = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr)
        return CKR_GENERAL_ERROR;
    reinterpret_cast<CK_C_GetFunctionList>(::dlsym(file, "C_GetFunctionList"))(&real);
    functions = faulty_functions();
    *list = &functions;
    return CKR_OK;
}
