#include "mail/cms/content_digest.h"

#include "base/hasher.h"
#include "mail/cms/algorithms.h"

namespace sceau::mail::cms {

struct ContentDigester::Parts {
    std::map<ContentHash, base::Hasher> hashers;
};

ContentDigester::ContentDigester(const std::vector<ContentHash>& hashes) : parts_(std::make_unique<Parts>())
{
    for (const ContentHash hash : hashes)
        parts_->hashers.emplace(hash, base::Hasher(evp_md(hash)));
}

ContentDigester::ContentDigester(ContentDigester&&) noexcept = default;
ContentDigester& ContentDigester::operator=(ContentDigester&&) noexcept = default;
ContentDigester::~ContentDigester() = default;

void ContentDigester::update(std::string_view piece)
{
    for (auto& [hash, hasher] : parts_->hashers)
        hasher.update(piece);
}

ContentDigests ContentDigester::finish() &&
{
    ContentDigests digests;
    for (auto& [hash, hasher] : parts_->hashers)
        if (auto digest = std::move(hasher).finish())
            digests.emplace(hash, *std::move(digest));
    return digests;
}

} // namespace sceau::mail::cms
