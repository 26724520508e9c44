#include "clients/sending/content_signature.h"

#include "mail/cms/signed_data.h"

namespace sceau::sending {

namespace {

using SharedFile = std::shared_ptr<const base::Result<base::SealedMemory>>;

// What the agent checks and shows.
ipc::Evidence evidence_of(const mail::cms::Draft& draft, const SharedFile& file, const std::vector<std::string>& bcc)
{
    const base::BytesView attributes = draft.signed_attributes();
    return {.kind = ipc::Evidence::Kind::mail,
            .attributes = base::Bytes(attributes.begin(), attributes.end()),
            .content_fd = 0,
            .bcc = bcc.empty() ? std::nullopt : std::optional(bcc),
            .content = file};
}

bool failed_with(base::ErrorCode code, const Failure& failure)
{
    const auto* error = std::get_if<base::Error>(&failure);
    return error != nullptr && error->code == code;
}

/// Returns what the agent's policy wants among the signed attributes. An agent that does not know the question wants
/// nothing.
Outcome<std::vector<base::Bytes>> attributes_wanted(const ipc::Key& key, const SharedFile& file, Agent& agent)
{
    auto described = agent.describe_content({.key = key.id, .attributes_only = true, .content = file});
    if (described)
        return std::move(described->attributes);
    if (failed_with(base::ErrorCode::method_not_found, described.error()))
        return std::vector<base::Bytes>();
    return std::unexpected(std::move(described).error());
}

Outcome<base::Bytes> signed_data_with(const ipc::Key& key, const Content& content, const SharedFile& file, Moment now,
                                      Agent& agent, const OnStage& on_stage)
{
    const base::Scheme scheme = key.schemes.front(); // the best scheme for mail (mail/cms/certificate.h)
    TRY_ASSIGN(const base::Bytes content_digest, content.digest(base::traits(scheme).hash));
    const mail::cms::Signer signer{.certificate = key.certificate, .chain = key.chain, .scheme = scheme};
    TRY_ASSIGN(const auto wanted, attributes_wanted(key, file, agent));
    TRY_ASSIGN(auto draft, mail::cms::Draft::create(signer, content_digest, now, wanted));
    const client::OnProgress on_progress = [&](const ipc::Progress& progress) {
        on_stage(progress);
        return true;
    };
    const base::Digest digest = draft.digest();
    const ipc::Sign::Parameters request{.key = key.id,
                                        .scheme = scheme,
                                        .digest = base::Bytes(digest.bytes().begin(), digest.bytes().end()),
                                        .evidence = evidence_of(draft, file, content.bcc),
                                        .terminal = {}};
    TRY_ASSIGN(const base::Bytes signature, agent.sign(request, on_progress));
    TRY_ASSIGN(auto signed_data, std::move(draft).finish(signature));
    return signed_data;
}

} // namespace

Outcome<ContentSignature> sign(Content content, const KeyWanted& wanted, Agent& agent, const OnStage& on_stage)
{
    const auto file = std::make_shared<const base::Result<base::SealedMemory>>(std::move(content.file));
    TRY_ASSIGN(ipc::Key key, find_key(agent, wanted));
    on_stage(KeyChosen{.key = key});
    auto signed_data = signed_data_with(key, content, file, wanted.now, agent, on_stage);
    if (!signed_data && failed_with(base::ErrorCode::key_not_found, signed_data.error())) {
        // The token has only the certificate, or a different one by now. The agent has learnt that from the attempt.
        TRY_ASSIGN(ipc::Key other, find_key(agent, wanted));
        if (other.id == key.id)
            return std::unexpected(std::move(signed_data).error());
        key = std::move(other);
        on_stage(KeyChosen{.key = key, .is_second = true});
        signed_data = signed_data_with(key, content, file, wanted.now, agent, on_stage);
    }
    TRY(signed_data);
    return ContentSignature{.key = std::move(key), .signed_data = *std::move(signed_data)};
}

} // namespace sceau::sending
