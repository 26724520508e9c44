// The preview's filter of system calls: from then on the process can read the content, write to its channel, use memory
// and exit. Anything else kills it.
#pragma once

namespace sceau::preview::program {

/// Returns false if the kernel has no seccomp. A sanitized build installs no filter, because its tools do more.
bool allow_only_reading(int content, int channel);

} // namespace sceau::preview::program
