#include "mail/cms/content_digest.h"

#include "mail/cms/algorithms.h"

namespace sceau::mail::cms {

struct ContentDigester::Parts {
    std::map<ContentHash, EvpMdCtxPtr> contexts;
};

ContentDigester::ContentDigester(const std::vector<ContentHash>& hashes) : parts_(std::make_unique<Parts>())
{
    for (const ContentHash hash : hashes) {
        EvpMdCtxPtr context(EVP_MD_CTX_new());
        EVP_DigestInit_ex(context.get(), evp_md(hash), nullptr);
        parts_->contexts.emplace(hash, std::move(context));
    }
}

ContentDigester::ContentDigester(ContentDigester&&) noexcept = default;
ContentDigester& ContentDigester::operator=(ContentDigester&&) noexcept = default;
ContentDigester::~ContentDigester() = default;

void ContentDigester::update(std::string_view piece)
{
    for (const auto& [hash, context] : parts_->contexts)
        EVP_DigestUpdate(context.get(), piece.data(), piece.size());
}

ContentDigests ContentDigester::finish() &&
{
    ContentDigests digests;
    for (const auto& [hash, context] : parts_->contexts) {
        base::Bytes digest(static_cast<std::size_t>(EVP_MD_CTX_get_size(context.get())));
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
        digests.emplace(hash, std::move(digest));
    }
    return digests;
}

} // namespace sceau::mail::cms
