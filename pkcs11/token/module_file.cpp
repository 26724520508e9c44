#include "pkcs11/token/module_file.h"

#include <dlfcn.h>

namespace sceau::pkcs11::token {

base::Result<CK_FUNCTION_LIST*> load_module(const std::filesystem::path& path)
{
    void* file = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr)
        return std::unexpected(base::unsupported(std::string("cannot load the module: ") + ::dlerror()));
    void* function_list = ::dlsym(file, "C_GetFunctionList");
    if (function_list == nullptr)
        return std::unexpected(base::unsupported(path.string() + " is no PKCS#11 module"));
    CK_FUNCTION_LIST* functions = nullptr;
    TRY(check("C_GetFunctionList", reinterpret_cast<CK_C_GetFunctionList>(function_list)(&functions)));
    if (functions == nullptr)
        return std::unexpected(base::token_failed("C_GetFunctionList: no list"));
    return functions;
}

} // namespace sceau::pkcs11::token
