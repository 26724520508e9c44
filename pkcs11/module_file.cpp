#include "pkcs11/module_file.h"

#include <dlfcn.h>

namespace sceau::pkcs11 {

base::Result<void*> load_module(const std::filesystem::path& path)
{
    void* file = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr)
        return std::unexpected(base::token_failed(std::string("cannot load the module: ") + ::dlerror()));
    void* function_list = ::dlsym(file, "C_GetFunctionList");
    if (function_list == nullptr)
        return std::unexpected(base::token_failed(path.string() + " is no PKCS#11 module"));
    return function_list;
}

} // namespace sceau::pkcs11
