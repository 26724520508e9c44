// What our programs give up permanently before they do anything else, whoever started them. The systemd unit already
// takes most of it away, but a program started by hand still has it.
#pragma once

#include <sys/types.h>

namespace sceau::base {

enum class StartsPrograms { no, yes };

/// Blocks any gain of privileges (PR_SET_NO_NEW_PRIVS), and makes system calls that our programs never need fail with
/// EPERM: tracing, mounting, loading code into the kernel, using its keyrings, making namespaces, becoming dumpable
/// again. Programs started from here inherit this. Returns false if the kernel has no seccomp. A sanitized build
/// installs no filter, because its tools trace.
bool give_up_privileges(StartsPrograms starts_programs);

/// Makes the kernel send this process the signal when its parent ends, also after execve(2). Returns false if that
/// parent has already ended.
bool end_with_parent(pid_t parent, int signal);

/// OpenSSL's configuration can name code to load. Call this before any other function of OpenSSL, so that none is read.
void start_openssl_without_configuration();

/// Does everything that a program started by base::Child must do first. In addition to all of the above, no other
/// process of the person can read its memory, no core file contains it, only the person can read files that it writes,
/// and it ends with the process that made its channel. It does not pass the channel on to programs that it starts.
/// Returns false if the maker of the channel has already gone.
bool confine_child(int channel);

} // namespace sceau::base
