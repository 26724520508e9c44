// The few steps through BER (X.690 §8.1) that are taken in a file before OpenSSL sees any of it.
#pragma once

#include "mail/source.h"

#include <optional>

namespace sceau::mail::cms {

/// One element: its tag as a byte (with class and "constructed" bit) and its contents.
struct Element {
    std::uint8_t tag = 0;
    std::uint64_t begin = 0;    // where its header begins
    std::uint64_t contents = 0; // where its contents begin
    bool indefinite = false;    // its length is not stated: end-of-contents closes it
    std::uint64_t end = 0;      // where its contents end, or the latest possible end if the length is indefinite

    bool constructed() const { return (tag & 0x20U) != 0; }
};

/// Walks over the elements of a source. Its functions fail with `bad_message` for anything that is not BER, and with
/// `io`.
class BerReader {
  public:
    explicit BerReader(const Source& source) : source_(source), end_(source.size()) {}

    std::uint64_t position() const { return position_; }
    bool at_end() const { return position_ == end_; }

    /// Reads the element at the position, and moves the position to its contents.
    base::Result<Element> open();
    /// Does the same, but the element must have that tag.
    base::Result<Element> open(std::uint8_t tag);
    /// Returns whether the contents of the element end at the position. If so, the position moves past the
    /// end-of-contents.
    base::Result<bool> at_end(const Element& element);
    /// Moves past the element that was opened last, whatever it contains. Fails with `bad_message` if it is over
    /// `largest` bytes.
    base::Result<> skip(const Element& element, std::uint64_t largest);
    /// Reads exactly these bytes, independently of the position.
    base::Result<> read(std::uint64_t offset, std::span<std::uint8_t> into);

  private:
    base::Result<> skip_nested(const Element& element, std::uint64_t limit, unsigned depth);
    base::Result<std::size_t> read_some(std::uint64_t offset, std::span<std::uint8_t> into);

    const Source& source_;
    std::uint64_t position_ = 0;
    std::uint64_t end_;
    base::Bytes window_; // a part of the source, because there may be millions of tiny elements
    std::uint64_t window_begin_ = 0;
};

} // namespace sceau::mail::cms
