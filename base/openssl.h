// Owners for OpenSSL's handles, and a guard that keeps its error queue clean. The queue belongs to the caller or to the
// program that loaded us, and may contain text that an attacker chose. For .cpp files that call OpenSSL.
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

/// For memory that OpenSSL allocated and that has no type of its own.
struct OpensslFree {
    void operator()(void* memory) const { OPENSSL_free(memory); }
};

const EVP_MD* evp_md(Hash hash);

/// Drops whatever OpenSSL adds to its error queue during the object's lifetime.
class QuietErrors {
  public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

} // namespace sceau::base
