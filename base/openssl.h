// Owners for OpenSSL's handles, and its error queue kept clean: what it holds may be text of an attacker's choice, and
// it is the caller's, or that of the program that has loaded us. For the .cpp files that call OpenSSL.
#pragma once

#include "base/scheme.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace sceau::base {

/// For std::unique_ptr: `Deleter<X509_free>`.
template <auto Free>
struct Deleter {
    void operator()(auto* pointer) const { Free(pointer); }
};

/// For what OpenSSL has allocated without a type of its own.
struct OpensslFree {
    void operator()(void* memory) const { OPENSSL_free(memory); }
};

const EVP_MD* evp_md(Hash hash);

/// What OpenSSL adds to its error queue during the lifetime is dropped.
class QuietErrors {
  public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

} // namespace sceau::base
