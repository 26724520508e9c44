#include "preview/program/filter.h"

#include <seccomp.h>
#include <sys/mman.h>

#include <memory>
#include <type_traits>

namespace sceau::preview::program {

#ifdef SCEAU_SANITIZED

bool allow_only_reading(int /*content*/, int /*channel*/)
{
    return true;
}

#else

namespace {

struct ReleaseFilter {
    void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
};

class SystemCalls {
  public:
    SystemCalls() : filter_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {}

    void allow(int call) { add(call, 0, nullptr); }
    void allow_on(int call, int descriptor)
    {
        const scmp_arg_cmp argument = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(descriptor));
        add(call, 1, &argument);
    }
    /// Memory that is no file's and cannot hold code.
    void allow_anonymous_memory()
    {
        const scmp_arg_cmp arguments[] = {
            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_PRIVATE, MAP_ANONYMOUS | MAP_PRIVATE)};
        add(SCMP_SYS(mmap), 2, arguments);
    }

    bool install()
    {
        // What is called most is looked up first.
        for (const int call : {SCMP_SYS(read), SCMP_SYS(lseek), SCMP_SYS(pread64)})
            good_ = good_ && ::seccomp_syscall_priority(filter_.get(), call, 255) == 0;
        return good_ && ::seccomp_load(filter_.get()) == 0;
    }

  private:
    void add(int call, unsigned count, const scmp_arg_cmp* arguments)
    {
        good_ = good_ && ::seccomp_rule_add_array(filter_.get(), SCMP_ACT_ALLOW, call, count, arguments) == 0;
    }

    std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, ReleaseFilter> filter_;
    bool good_ = filter_ != nullptr;
};

} // namespace

bool allow_only_reading(int content, int channel)
{
    SystemCalls calls;
    for (const int call : {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek)})
        calls.allow_on(call, content);
    calls.allow_on(SCMP_SYS(sendmsg), channel);
    calls.allow_anonymous_memory();
    for (const int call :
         {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(exit), SCMP_SYS(exit_group)})
        calls.allow(call);
    return calls.install();
}

#endif

} // namespace sceau::preview::program
