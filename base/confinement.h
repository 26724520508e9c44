// What a program of ours gives up for good before it does anything, whoever started it. Under systemd's unit most of
// that is given up already; started by hand it is not.
#pragma once

#include <sys/types.h>

namespace sceau::base {

enum class StartsPrograms { no, yes };

/// No way up (PR_SET_NO_NEW_PRIVS), and EPERM for system calls that a program of ours never needs: to trace, to mount,
/// to load code into the kernel, to use its keyrings, to make namespaces, to become dumpable again. Programs that are
/// started inherit it. False where the kernel has no seccomp; a sanitized build has no filter, whose own tools trace.
bool give_up_privileges(StartsPrograms starts_programs);

/// This process gets the signal when its parent ends, also after execve(2). False where that parent has ended already.
bool end_with_parent(pid_t parent, int signal);

/// OpenSSL's configuration names code to load. Call this before anything else of OpenSSL's: it then reads none.
void start_openssl_without_configuration();

/// What a program of ours that base::Child starts does before anything else: all of the above, and no other process of
/// the person's reads its memory, no core file keeps it, what it writes is the person's alone, and it does not outlive
/// whoever made its channel, which is not handed on to programs that it starts: false where that one has gone already.
bool confine_child(int channel);

} // namespace sceau::base
