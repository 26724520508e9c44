// The few steps through BER (X.690 §8.1) that are taken in a file before OpenSSL sees anything of it.
#pragma once

#include "mail/source.h"

#include <optional>

namespace sceau::mail::cms {

/// One element: its tag as a byte, with class and "constructed" bit, and its contents.
struct Element {
    std::uint8_t tag = 0;
    std::uint64_t begin = 0;    // of its header
    std::uint64_t contents = 0; // where its contents begin
    bool indefinite = false;    // its length is not said: an end-of-contents closes it
    std::uint64_t end = 0;      // of its contents; where they must have ended by if it is indefinite

    bool constructed() const { return (tag & 0x20U) != 0; }
};

/// Walks over the elements in a source. Errors are `bad_message` for what is no BER, and `io`.
class BerReader {
  public:
    explicit BerReader(const Source& source) : source_(source), end_(source.size()) {}

    std::uint64_t position() const { return position_; }
    bool at_end() const { return position_ == end_; }

    /// The element at the position, which moves to its contents.
    base::Result<Element> open();
    /// The same, and it has to have that tag.
    base::Result<Element> open(std::uint8_t tag);
    /// Whether the contents of that element end at the position, which moves behind its end-of-contents then.
    base::Result<bool> at_end(const Element& element);
    /// Moves behind the element that was opened last, whatever is in it. `bad_message` when it is over `largest` bytes.
    base::Result<> skip(const Element& element, std::uint64_t largest);
    /// Exactly these bytes, wherever the position is.
    base::Result<> read(std::uint64_t offset, std::span<std::uint8_t> into);

  private:
    base::Result<> skip_nested(const Element& element, std::uint64_t limit, unsigned depth);
    base::Result<std::size_t> read_some(std::uint64_t offset, std::span<std::uint8_t> into);

    const Source& source_;
    std::uint64_t position_ = 0;
    std::uint64_t end_;
    base::Bytes window_; // of the source: elements may be tiny, and millions
    std::uint64_t window_begin_ = 0;
};

} // namespace sceau::mail::cms
