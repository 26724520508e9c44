// Buffered writing to a descriptor. Call flush() at the end.
#pragma once

#include "mail/source.h"

#include <functional>
#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// Takes the next bytes of a stream.
using Sink = std::function<base::Result<>(std::string_view)>;

/// Passes a range of the source to the sink piece by piece. Fails with `io` if it cannot be read, otherwise with the
/// sink's error.
base::Result<> stream(const Source& source, Range range, const Sink& sink);

class Writer {
  public:
    /// The caller keeps the descriptor.
    explicit Writer(int fd) : fd_(fd) {}

    /// Fails with `io` if the descriptor cannot be written.
    base::Result<> write(std::string_view bytes);
    base::Result<> flush();

  private:
    int fd_;
    std::string buffer_;
};

} // namespace sceau::mail::mime
