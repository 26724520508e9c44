// pidfd_open(2) for C++: the header of glibc 2.36 does not declare its functions as extern "C" (glibc bug 29776).
#pragma once

extern "C" {
#include <sys/pidfd.h>
}
