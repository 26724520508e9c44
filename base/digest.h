// A digest whose length fits the scheme that will sign it.
#pragma once

#include "base/scheme.h"

namespace sceau::base {

class Digest {
  public:
    /// Fails with `invalid_parameter("digest")` unless the length is that of the scheme's hash.
    static Result<Digest> for_scheme(Scheme scheme, BytesView bytes);

    BytesView bytes() const { return bytes_; }

  private:
    explicit Digest(Bytes bytes) : bytes_(std::move(bytes)) {}
    Bytes bytes_;
};

} // namespace sceau::base
