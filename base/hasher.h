// Computes the digest of data that comes in pieces, such as a mail's content or a file. Use it wherever no function of
// OpenSSL does the hashing itself.
#pragma once

#include "base/scheme.h"

#include <openssl/types.h>

#include <memory>

namespace sceau::base {

class Hasher {
  public:
    explicit Hasher(Hash hash);
    /// The algorithm is OpenSSL's and must outlive this object.
    explicit Hasher(const EVP_MD* algorithm);

    void update(BytesView piece);
    void update(std::string_view piece) { update(as_bytes(piece)); }

    /// Fails with `internal` if OpenSSL could not hash.
    Result<Bytes> finish() &&;

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const;
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
    bool good_ = false;
};

} // namespace sceau::base
