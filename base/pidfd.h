// pidfd_open(2) for C++: the header of glibc 2.36 forgets to say that its functions are C's (glibc bug 29776).
#pragma once

extern "C" {
#include <sys/pidfd.h>
}
