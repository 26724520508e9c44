// The digest of what comes in pieces: a mail's content, a file. For all that OpenSSL's own functions do not hash.
#pragma once

#include "base/scheme.h"

#include <openssl/types.h>

#include <memory>

namespace sceau::base {

class Hasher {
  public:
    explicit Hasher(Hash hash);
    /// By an algorithm of OpenSSL's, which has to outlive it.
    explicit Hasher(const EVP_MD* algorithm);

    void update(BytesView piece);
    void update(std::string_view piece) { update(as_bytes(piece)); }

    /// `internal` where OpenSSL could not hash.
    Result<Bytes> finish() &&;

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const;
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
    bool good_ = false;
};

} // namespace sceau::base
