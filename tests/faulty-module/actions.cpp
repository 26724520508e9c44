#include "tests/faulty-module/actions.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

namespace sceau::faulty {

namespace {

using Value = std::optional<CK_RV>;

Value return_code(const std::string& code)
{
    return std::stoul(code, nullptr, 0);
}

Value hang(const std::string&)
{
    tell("hangs");
    for (;;)
        ::pause();
}

Value crash(const std::string&)
{
    ::raise(SIGSEGV);
    return CKR_GENERAL_ERROR;
}

Value abort_process(const std::string&)
{
    std::abort();
}

Value exit_process(const std::string& status)
{
    ::_exit(std::stoi(status));
}

// Each frame is passed on and read after the call, so that no compiler turns this into a loop.
int recurse_deeper(volatile char* above)
{
    if (*above != 0)
        return 0;
    volatile char frame[1024];
    frame[0] = *above;
    return recurse_deeper(frame) + frame[0];
}

Value recurse(const std::string&)
{
    volatile char start = 0;
    return static_cast<CK_RV>(recurse_deeper(&start));
}

/// The token is pulled out in this very call, and stays away until the orders change.
Value vanish(const std::string&)
{
    reorder("C_GetSlotList none\n"
            "C_GetSlotInfo no-token\n"
            "C_GetTokenInfo return 0xe0\n" // CKR_TOKEN_NOT_PRESENT
            "C_OpenSession return 0xe0\n"
            "C_Login return 0x32\n" // CKR_DEVICE_REMOVED
            "C_Login(context) return 0x32\n"
            "C_FindObjectsInit return 0x32\n"
            "C_SignInit return 0x32\n"
            "C_Sign return 0x32\n"
            "C_Logout return 0xb3\n" // CKR_SESSION_HANDLE_INVALID
            "C_CloseSession return 0xb3\n");
    return CKR_DEVICE_REMOVED;
}

Value write(int descriptor, std::string_view text)
{
    return ::write(descriptor, text.data(), text.size()) < 0 ? CKR_GENERAL_ERROR : Value();
}

/// Writes something that is not a worker's report; a terminal would take it as an order to clear itself.
Value write_into(const std::string& descriptor)
{
    return write(std::stoi(descriptor), "\x1b[2J{\"performed\":{}}\n");
}

/// Sends the report that a worker would send.
Value forge_signature(const std::string&)
{
    return write(3, R"({"performed":{"output":"AAAA"}})");
}

/// Writes without end.
Value flood(const std::string& report)
{
    const std::string text = report == "ready"
                                 ? R"({"ready":{"pin":{"low":false,"final_try":false,"locked":false,"pad":false,)"
                                   R"("to_be_changed":false,"not_set":false,"shortest":4,"longest":8}}})"
                                 : R"({"certificate":{"cka_id":"AQ==","der":")" + std::string(40000, 'A') + "\"}}";
    while (::write(3, text.data(), text.size()) > 0) {
    }
    return CKR_GENERAL_ERROR;
}

Value close_descriptors(const std::string&)
{
    for (int fd = 0; fd < 256; ++fd)
        ::close(fd);
    return {};
}

Value change_signals(const std::string&)
{
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_IGN);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    return {};
}

// The folder of orders can still be found: the fault may break the process's environment, but not the test's control of
// the module.
Value change_surroundings(const std::string&)
{
    const std::string folder = file("").string();
    ::clearenv();
    ::setenv("SCEAU_FAULTS", folder.c_str(), 1);
    ::umask(0);
    return ::chdir("/") == 0 ? Value() : CKR_GENERAL_ERROR;
}

Value start_threads(const std::string&)
{
    for (int i = 0; i < 8; ++i)
        std::thread([] {
            for (;;)
                ::pause();
        }).detach();
    return {};
}

/// Leaves behind a child that has all the descriptors and does not end.
Value leave_child(const std::string&)
{
    const pid_t child = ::fork();
    if (child == 0)
        for (;;)
            ::pause();
    tell(std::to_string(child));
    return {};
}

Value take_memory(const std::string&)
{
    constexpr std::size_t kPiece = 16U << 20;
    for (;;) {
        void* piece = std::malloc(kPiece);
        if (piece == nullptr)
            return CKR_HOST_MEMORY;
        std::memset(piece, 1, kPiece);
    }
}

/// Writes what the process has open and may do to the file "description".
Value describe(const std::string&)
{
    std::ofstream output(file("description"));
    for (int fd = 0; fd < 256; ++fd) {
        std::error_code error;
        const auto target = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
        if (!error && target.parent_path() != file("").parent_path())
            output << fd << (fd == 2 || fd == 3 ? "" : " " + target.string()) << "\n";
    }
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    output << "dumpable " << ::prctl(PR_GET_DUMPABLE) << "\ncore " << core.rlim_cur << "\numask " << mask << "\n";
    return {};
}

int error_of_opening(const std::string& path, int flags)
{
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    const int error = fd < 0 ? errno : 0;
    ::close(fd);
    return error;
}

/// Writes what happened on opening the file to the file "reached".
Value reach(const std::string& path)
{
    const int reading = error_of_opening(path, O_RDONLY);
    const int writing = error_of_opening(path, O_WRONLY | O_CREAT);
    std::ofstream(file("reached"), std::ios::app)
        << path << (reading == 0 ? " read" : " not-read") << (writing == 0 ? " written" : " not-written") << "\n";
    return {};
}

struct Action {
    std::string_view fault;
    Value (*act)(const std::string& argument);
};

constexpr std::array kActions = {
    Action{"return", return_code},
    Action{"hang", hang},
    Action{"crash", crash},
    Action{"abort", abort_process},
    Action{"exit", exit_process},
    Action{"recurse", recurse},
    Action{"vanish", vanish},
    Action{"write", write_into},
    Action{"forge-signature", forge_signature},
    Action{"flood", flood},
    Action{"close-descriptors", close_descriptors},
    Action{"change-signals", change_signals},
    Action{"change-surroundings", change_surroundings},
    Action{"start-threads", start_threads},
    Action{"leave-child", leave_child},
    Action{"take-memory", take_memory},
    Action{"describe", describe},
    Action{"reach", reach},
};

} // namespace

bool is_action(const Order& order)
{
    return std::ranges::find(kActions, order.fault, &Action::fault) != kActions.end();
}

std::optional<CK_RV> act(const Order& order)
{
    return std::ranges::find(kActions, order.fault, &Action::fault)->act(order.argument);
}

} // namespace sceau::faulty
