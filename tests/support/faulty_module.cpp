// A PKCS#11 module with one fault, named by SCEAU_FAULT, and SoftHSM's functions otherwise.
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace {

CK_FUNCTION_LIST* softhsm = nullptr;
bool a_pin_was_refused = false;

bool fault_is(std::string_view name)
{
    const char* fault = std::getenv("SCEAU_FAULT");
    return fault != nullptr && fault == name;
}

/// Says so in the file that SCEAU_FAULT_OUTPUT names.
[[noreturn]] void hang()
{
    std::ofstream(std::getenv("SCEAU_FAULT_OUTPUT")) << "hangs\n";
    for (;;)
        ::pause();
}

/// What the process has open and may do, in the same file.
void describe_the_process()
{
    std::ofstream output(std::getenv("SCEAU_FAULT_OUTPUT"));
    for (int fd = 0; fd < 256; ++fd) {
        std::error_code error;
        const auto target = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
        if (!error && target != std::getenv("SCEAU_FAULT_OUTPUT"))
            output << fd << (fd == 2 || fd == 3 ? "" : " " + target.string()) << "\n";
    }
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    const mode_t mask = ::umask(0);
    output << "dumpable " << ::prctl(PR_GET_DUMPABLE) << "\ncore " << core.rlim_cur << "\numask " << mask << "\n";
}

CK_RV initialize(void* arguments)
{
    if (fault_is("crash in C_Initialize"))
        std::abort();
    if (fault_is("hang in C_Initialize"))
        hang();
    if (fault_is("describe the process"))
        describe_the_process();
    if (fault_is("write into the channel"))
        return ::write(3, "{\"report\":\"signed\"}", 19) == 19 ? CKR_OK : CKR_GENERAL_ERROR;
    return softhsm->C_Initialize(arguments);
}

CK_RV finalize(void* reserved)
{
    if (fault_is("crash in C_Finalize"))
        std::abort();
    return softhsm->C_Finalize(reserved);
}

CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const CK_RV value = softhsm->C_GetTokenInfo(slot, info);
    if (fault_is("Latin-1 label"))
        std::memcpy(info->label, "Pr\xe9sident", 9);
    if (fault_is("PIN pad"))
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    if (fault_is("final try") || (fault_is("final try after a refusal") && a_pin_was_refused))
        info->flags |= CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
    if (fault_is("locked") || (fault_is("locked after a refusal") && a_pin_was_refused))
        info->flags |= CKF_USER_PIN_LOCKED;
    return value;
}

CK_RV mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info)
{
    if (fault_is("no PSS") && type == CKM_RSA_PKCS_PSS)
        return CKR_MECHANISM_INVALID;
    return softhsm->C_GetMechanismInfo(slot, type, info);
}

CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify, CK_SESSION_HANDLE* session)
{
    if (fault_is("removed before C_OpenSession"))
        return CKR_TOKEN_NOT_PRESENT;
    return softhsm->C_OpenSession(slot, flags, application, notify, session);
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char* pin, CK_ULONG size)
{
    if (fault_is("locked"))
        return CKR_PIN_LOCKED;
    if (fault_is("PIN pad") && pin == nullptr && size == 0) {
        static unsigned char typed[] = "123456";
        return softhsm->C_Login(session, user, typed, 6);
    }
    const CK_RV value = softhsm->C_Login(session, user, pin, size);
    a_pin_was_refused = a_pin_was_refused || value == CKR_PIN_INCORRECT;
    return value;
}

CK_RV sign(CK_SESSION_HANDLE session, unsigned char* data, CK_ULONG size, unsigned char* signature,
           CK_ULONG* signature_size)
{
    if (fault_is("hang in C_Sign"))
        hang();
    if (fault_is("crash in C_Sign"))
        std::abort();
    if (fault_is("device error in C_Sign"))
        return CKR_DEVICE_ERROR;
    const CK_RV value = softhsm->C_Sign(session, data, size, signature, signature_size);
    if (value == CKR_OK && fault_is("a byte too few"))
        --*signature_size;
    if (value == CKR_OK && fault_is("a zero too many")) {
        std::memmove(signature + 1, signature, (*signature_size)++);
        signature[0] = 0;
    }
    return value;
}

} // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list)
{
    static CK_FUNCTION_LIST functions;
    void* file = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr)
        return CKR_GENERAL_ERROR;
    reinterpret_cast<CK_C_GetFunctionList>(::dlsym(file, "C_GetFunctionList"))(&softhsm);
    functions = *softhsm;
    functions.C_Initialize = initialize;
    functions.C_Finalize = finalize;
    functions.C_GetTokenInfo = token_info;
    functions.C_GetMechanismInfo = mechanism_info;
    functions.C_OpenSession = open_session;
    functions.C_Login = login;
    functions.C_Sign = sign;
    *list = &functions;
    return CKR_OK;
}
