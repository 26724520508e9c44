#include "mail/cms/content_digest.h"

#include "mail/cms/openssl.h"

namespace sceau::mail::cms {

struct ContentDigester::Parts {
    std::map<base::Hash, EvpMdCtxPtr> contexts;
    LineEnds line_ends;
    bool after_cr = false; // whether the last octet was a CR
};

ContentDigester::ContentDigester(const std::vector<base::Hash>& hashes, LineEnds line_ends)
    : parts_(std::make_unique<Parts>())
{
    parts_->line_ends = line_ends;
    for (const base::Hash hash : hashes) {
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
    if (parts_->line_ends == LineEnds::as_they_are)
        return feed(piece);
    while (!piece.empty()) {
        const auto newline = piece.find('\n');
        const std::string_view text = piece.substr(0, newline);
        feed(text);
        if (!text.empty())
            parts_->after_cr = text.back() == '\r';
        if (newline == std::string_view::npos)
            return;
        feed(parts_->after_cr ? "\n" : "\r\n");
        parts_->after_cr = false;
        piece.remove_prefix(newline + 1);
    }
}

ContentDigests ContentDigester::finish() &&
{
    ContentDigests digests;
    for (const auto& [hash, context] : parts_->contexts) {
        base::Bytes digest(base::digest_size(hash));
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
        digests.emplace(hash, std::move(digest));
    }
    return digests;
}

void ContentDigester::feed(std::string_view octets)
{
    for (const auto& [hash, context] : parts_->contexts)
        EVP_DigestUpdate(context.get(), octets.data(), octets.size());
}

} // namespace sceau::mail::cms
