#include "base/confinement.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <openssl/crypto.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sceau::base {

namespace {

#ifndef SCEAU_SANITIZED

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0; // unknown: no filter
#endif

constexpr std::uint32_t kX32 = 0x40000000; // the bit of x86-64's second set of system call numbers (asm/unistd.h)
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kUnknown = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

constexpr std::array kNeverNeeded{
    // other processes' memory and descriptors
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_pidfd_getfd, SYS_kcmp,
    SYS_perf_event_open, SYS_userfaultfd,
    // the kernel's own code and keys
    SYS_bpf, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_add_key,
    SYS_request_key, SYS_keyctl, SYS_syslog, SYS_reboot, SYS_acct, SYS_swapon, SYS_swapoff,
    // mounts and namespaces
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig,
    SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_open_by_handle_at,
    // a second way to make system calls, which bypasses this filter
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register};

class Filter {
  public:
    Filter()
    {
        load(offsetof(seccomp_data, arch));
        jump(BPF_JEQ, kArchitecture, 1, 0);
        answer(kRefuse);
        load(offsetof(seccomp_data, nr));
#ifdef __x86_64__
        jump(BPF_JGE, kX32, 0, 1);
        answer(kRefuse);
#endif
    }

    void on(long call, std::uint32_t what)
    {
        jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 1);
        answer(what);
    }

    // Only clone(2) shows its flags to the filter. clone3(2) has them in memory, so it fails as if it did not exist,
    // and glibc falls back to clone.
    void refuse_namespaces()
    {
        on(SYS_clone3, kUnknown);
        jump(BPF_JEQ, SYS_clone, 0, 4);
        load(argument(0));
        jump(BPF_JSET, kNamespaces, 0, 1);
        answer(kRefuse);
        answer(kAllow);
    }

    void refuse_to_become_dumpable()
    {
        jump(BPF_JEQ, SYS_prctl, 0, 6);
        load(argument(0));
        jump(BPF_JEQ, PR_SET_DUMPABLE, 0, 3);
        load(argument(1));
        jump(BPF_JEQ, 0, 1, 0);
        answer(kRefuse);
        answer(kAllow);
    }

    bool install()
    {
        answer(kAllow);
        const sock_fprog program{.len = static_cast<unsigned short>(code_.size()), .filter = code_.data()};
        return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    }

  private:
    static std::uint32_t argument(std::uint32_t number)
    {
        // The lower half of the 64 bits: both architectures are little-endian.
        return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + number * sizeof(std::uint64_t));
    }
    void load(std::uint32_t offset) { code_.push_back({BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}); }
    void answer(std::uint32_t what) { code_.push_back({BPF_RET | BPF_K, 0, 0, what}); }
    // Skips one number of instructions if the test holds, and another if not.
    void jump(std::uint16_t test, std::uint32_t value, std::uint8_t if_so, std::uint8_t if_not)
    {
        code_.push_back({static_cast<std::uint16_t>(BPF_JMP | BPF_K | test), if_so, if_not, value});
    }

    std::vector<sock_filter> code_;
};

bool refuse_system_calls(StartsPrograms starts_programs)
{
    if (kArchitecture == 0)
        return false;
    Filter filter;
    for (const long call : kNeverNeeded)
        filter.on(call, kRefuse);
    if (starts_programs == StartsPrograms::no)
        for (const long call : {SYS_execve, SYS_execveat})
            filter.on(call, kRefuse);
    filter.refuse_namespaces();
    filter.refuse_to_become_dumpable();
    return filter.install();
}

#endif

/// Returns the process that made the channel.
pid_t pid_at(int channel)
{
    ucred other{};
    socklen_t size = sizeof other;
    return ::getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 ? other.pid : -1;
}

} // namespace

bool give_up_privileges([[maybe_unused]] StartsPrograms starts_programs)
{
    const bool no_way_up = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#ifdef SCEAU_SANITIZED
    return no_way_up;
#else
    return no_way_up && refuse_system_calls(starts_programs);
#endif
}

bool end_with_parent(pid_t parent, int signal)
{
    ::prctl(PR_SET_PDEATHSIG, signal);
    return ::getppid() == parent; // it may have ended before that call
}

void start_openssl_without_configuration()
{
    ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

bool confine_child(int channel)
{
#ifndef SCEAU_SANITIZED // leak detection inspects the process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    ::fcntl(channel, F_SETFD, FD_CLOEXEC);
    give_up_privileges(StartsPrograms::no);
    start_openssl_without_configuration();
    return end_with_parent(pid_at(channel), SIGKILL);
}

} // namespace sceau::base
