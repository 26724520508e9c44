// A digest whose length is right for the scheme that is to sign it.
#pragma once

#include "base/scheme.h"

namespace sceau::base {

class Digest {
  public:
    /// `invalid_parameter("digest")` when the length is not the one of the scheme's hash.
    static Result<Digest> for_scheme(Scheme scheme, BytesView bytes);

    BytesView bytes() const { return bytes_; }

  private:
    explicit Digest(Bytes bytes) : bytes_(std::move(bytes)) {}
    Bytes bytes_;
};

} // namespace sceau::base
