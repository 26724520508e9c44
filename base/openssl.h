// Owners for OpenSSL's handles, and its error queue kept clean: what it holds may be text of an attacker's choice, and
// it is the caller's, or that of the program that has loaded us. For the .cpp files that call OpenSSL.
#pragma once

#include <openssl/err.h>

namespace sceau::base {

/// For std::unique_ptr: `Deleter<X509_free>`.
template <auto Free>
struct Deleter {
    void operator()(auto* pointer) const { Free(pointer); }
};

/// What OpenSSL adds to its error queue during the lifetime is dropped.
class QuietErrors {
  public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

} // namespace sceau::base
