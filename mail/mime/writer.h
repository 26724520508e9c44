// Buffered writing to a descriptor. Whoever is done calls flush().
#pragma once

#include "mail/source.h"

#include <functional>
#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// Takes the next bytes of a stream.
using Sink = std::function<base::Result<>(std::string_view)>;

/// Gives a range of the source piece by piece. `io` when it cannot be read, else the sink's error.
base::Result<> stream(const Source& source, Range range, const Sink& sink);

class Writer {
  public:
    /// The descriptor stays the caller's.
    explicit Writer(int fd) : fd_(fd) {}

    /// `io` when it cannot be written.
    base::Result<> write(std::string_view bytes);
    base::Result<> flush();

  private:
    int fd_;
    std::string buffer_;
};

} // namespace sceau::mail::mime
