#include "clients/sending/content_signature.h"

#include "mail/cms/signed_data.h"

namespace sceau::sending {

namespace {

// The request for the agent, with the attributes as evidence.
ipc::Sign::Parameters request_for(const ipc::Key& key, base::Scheme scheme, const mail::cms::Draft& draft)
{
    const base::Digest digest = draft.digest();
    return {.key = key.id,
            .scheme = scheme,
            .digest = base::Bytes(digest.bytes().begin(), digest.bytes().end()),
            .evidence = {},
            .terminal = {}};
}

Outcome<base::Bytes> signed_data_with(const ipc::Key& key, const Content& content, Moment now, Agent& agent,
                                      const OnStage& on_stage)
{
    const base::Scheme scheme = key.schemes.front(); // the best scheme for mail (mail/cms/certificate.h)
    TRY_ASSIGN(const base::Bytes content_digest, content.digest(base::traits(scheme).hash));
    const mail::cms::Signer signer{.certificate = key.certificate, .chain = key.chain, .scheme = scheme};
    TRY_ASSIGN(auto draft, mail::cms::Draft::create(signer, content_digest, now));
    const client::OnProgress on_progress = [&](const ipc::Progress& progress) {
        on_stage(progress);
        return true;
    };
    TRY_ASSIGN(const base::Bytes signature, agent.sign(request_for(key, scheme, draft), on_progress));
    TRY_ASSIGN(auto signed_data, std::move(draft).finish(signature));
    return signed_data;
}

bool is_not_there(const Failure& failure)
{
    const auto* error = std::get_if<base::Error>(&failure);
    return error != nullptr && error->code == base::ErrorCode::key_not_found;
}

} // namespace

Outcome<ContentSignature> sign(const Content& content, const KeyWanted& wanted, Agent& agent, const OnStage& on_stage)
{
    TRY_ASSIGN(ipc::Key key, find_key(agent, wanted));
    on_stage(KeyChosen{.key = key});
    auto signed_data = signed_data_with(key, content, wanted.now, agent, on_stage);
    if (!signed_data && is_not_there(signed_data.error())) {
        // The token has only the certificate, or a different one by now. The agent has learnt that from the attempt.
        TRY_ASSIGN(ipc::Key other, find_key(agent, wanted));
        if (other.id == key.id)
            return std::unexpected(std::move(signed_data).error());
        key = std::move(other);
        on_stage(KeyChosen{.key = key, .is_second = true});
        signed_data = signed_data_with(key, content, wanted.now, agent, on_stage);
    }
    TRY(signed_data);
    return ContentSignature{.key = std::move(key), .signed_data = *std::move(signed_data)};
}

} // namespace sceau::sending
