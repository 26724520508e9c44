// The digests of a content by several hashes in one pass.
#pragma once

#include "mail/cms/verification.h"

#include <memory>
#include <string_view>
#include <vector>

namespace sceau::mail::cms {

/// What is fed to the hashes: the octets as they are, or in the canonical form of text (RFC 8551 §3.1.1), where every
/// line ends with CRLF: mail stores keep LF alone.
enum class LineEnds { as_they_are, canonical };

class ContentDigester {
  public:
    ContentDigester(const std::vector<base::Hash>& hashes, LineEnds line_ends);
    ContentDigester(ContentDigester&&) noexcept;
    ContentDigester& operator=(ContentDigester&&) noexcept;
    ~ContentDigester();

    void update(std::string_view piece);
    ContentDigests finish() &&;

  private:
    void feed(std::string_view octets);

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
