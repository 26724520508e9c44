// Computes the digests of a content with several hashes in one pass.
#pragma once

#include "mail/cms/verification.h"

#include <memory>
#include <string_view>
#include <vector>

namespace sceau::mail::cms {

class ContentDigester {
  public:
    explicit ContentDigester(const std::vector<ContentHash>& hashes);
    ContentDigester(ContentDigester&&) noexcept;
    ContentDigester& operator=(ContentDigester&&) noexcept;
    ~ContentDigester();

    void update(std::string_view piece);
    ContentDigests finish() &&;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace sceau::mail::cms
