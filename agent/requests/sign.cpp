#include "agent/requests/sign.h"

#include "agent/person/progress.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

// If a card was given a new key and certificate in place of the old ones, its signatures do not verify. The card can be
// inspected once it was left.
asio::awaitable<base::Error> why_wrong(TokenDirectory& tokens, const ipc::Peer& peer, const Key& key)
{
    const auto turn = co_await tokens.queue_at(key.token).turn(asker_of(peer));
    if (!turn)
        co_return turn.error();
    if (const auto discovered = co_await tokens.discover_afresh(); !discovered)
        co_return discovered.error();
    if (tokens.inventory().find(key.facts.key, Purpose::sign) == nullptr)
        co_return base::key_not_found("the token was given another key and certificate");
    co_return base::token_failed("the token's signature is wrong; it was not released");
}

Content content_of(const std::optional<ipc::Evidence>& evidence)
{
    if (!evidence)
        return Content::unknown;
    switch (evidence->kind) {
    case ipc::Evidence::Kind::mail:
        return Content::mail;
    case ipc::Evidence::Kind::request:
        return Content::certificate_request;
    case ipc::Evidence::Kind::attributes:
    case ipc::Evidence::Kind::git:
        break;
    }
    return Content::unknown;
}

} // namespace

asio::awaitable<Result<ipc::Reply>> sign(UseOfKey::Means means, ContentMeans contents, const ipc::Peer& peer,
                                         const ipc::Sign::Parameters& request, ipc::ReplyStream& stream,
                                         Account& account)
{
    CO_TRY_ASSIGN(const base::Digest digest, base::Digest::for_scheme(request.scheme, request.digest));
    Wish wish{.peer = peer,
              .key = request.key,
              .operation = pkcs11::Signature{.scheme = request.scheme, .digest = digest},
              .terminal = request.terminal,
              .locale = request.locale};
    UseOfKey use(means, wish, stream);
    CO_TRY(co_await use.find_key());
    account.token_label = use.key().token.label;
    account.token_serial = use.key().token.serial;
    account.shown = ipc::Shown{}; // nothing is proven yet
    if (std::ranges::find(use.key().facts.schemes, request.scheme) == use.key().facts.schemes.end())
        co_return std::unexpected(base::unsupported("the key cannot be used with this scheme"));
    CO_TRY(means.policy.permits_key(peer.executable, request.key, Clock::now()));
    const ToBeSigned what{.scheme = request.scheme,
                          .digest = digest,
                          .key = request.key,
                          .certificates = means.tokens.inventory().certificates_of(request.key)};
    CO_TRY_ASSIGN(const base::Language language, co_await use.language());
    if (request.evidence && request.evidence->content) {
        const ipc::Progress examining = progress_at(ipc::State::preview, use.key());
        CO_TRY(co_await tell(stream, examining));
    }
    const ForWhom whom{.asker = asker_of(peer), .connection = peer.connection, .language = language};
    CO_TRY_ASSIGN(Examined examined, co_await examine(request.evidence, what, contents.examination, whom));
    CO_TRY(co_await contents.correspondents.learn());
    contents.correspondents.mark_new(examined.shown);
    account.shown = examined.shown;
    account.salt = examined.salt;
    if (examined.shown.level == ipc::Level::unseen)
        CO_TRY(means.policy.permits_blind(peer.executable));
    CO_TRY_ASSIGN(wish.to_confirm, means.policy.to_be_confirmed(examined.shown));
    wish.attributes = examined.attributes ? &*examined.attributes : nullptr;
    wish.shown = examined.shown.level == ipc::Level::unseen ? nullptr : &examined.shown;
    wish.content = content_of(request.evidence);

    account.was_asked = true;
    CO_TRY_ASSIGN(base::Bytes signature, co_await use.perform());
    if (!mail::cms::verifies_with_key(use.key().facts.public_key, request.scheme, digest.bytes(), signature))
        co_return std::unexpected(co_await why_wrong(means.tokens, peer, use.key()));
    co_return ipc::Sign::Reply{.signature = std::move(signature), .progress = {}};
}

} // namespace sceau::agent
