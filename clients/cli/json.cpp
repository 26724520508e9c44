#include "clients/cli/json.h"

#include "base/codec.h"
#include "clients/cli/finding_text.h"

namespace sceau::cli {

using nlohmann::ordered_json;

namespace {

// In English whatever the person's language, since scripts may search it, although the codes are meant for that.
std::vector<std::string> sentences_of(const std::vector<mail::Finding>& findings)
{
    std::vector<std::string> sentences;
    sentences.reserve(findings.size());
    for (const mail::Finding& finding : findings)
        sentences.push_back(cli::text_of(finding, Console()));
    return sentences;
}

// In the same order as the sentences.
std::vector<std::string_view> codes_of(const std::vector<mail::Finding>& findings)
{
    std::vector<std::string_view> codes;
    codes.reserve(findings.size());
    for (const mail::Finding& finding : findings)
        codes.push_back(mail::to_string(finding.what));
    return codes;
}

ordered_json json_of(const mail::mime::SignerFacts& signer)
{
    return {
        {"name", signer.name},
        {"addresses", signer.addresses},
        {"issuer", signer.issuer},
        {"not_before", rfc3339(signer.not_before)},
        {"not_after", rfc3339(signer.not_after)},
        {"claimed_time", signer.claimed_time ? ordered_json(rfc3339(*signer.claimed_time)) : ordered_json()},
        {"algorithm", signer.algorithm},
        {"key", signer.key},
    };
}

ordered_json json_of(const mail::mime::Coverage& coverage)
{
    return {
        {"headers", coverage.headers},
        {"text", coverage.text},
        {"attachments", coverage.attachments},
        {"not_covered", sentences_of(coverage.not_covered)},
        {"not_covered_codes", codes_of(coverage.not_covered)},
    };
}

ordered_json json_of(const ShownToSigner& shown)
{
    const bool is_compared = shown.comparison == Comparison::same || shown.comparison == Comparison::different;
    return is_compared ? ordered_json(shown.comparison == Comparison::same) : ordered_json();
}

// Only of a good signature: otherwise anybody may have written it.
ordered_json journal_head_in(const mail::mime::Verdict& verdict)
{
    if (verdict.judgement != mail::mime::Judgement::signed_ || verdict.signer() == nullptr)
        return {};
    const auto& head = verdict.signer()->own.journal_head;
    return head ? ordered_json(base::to_hex(*head)) : ordered_json();
}

} // namespace

std::string text_of(const ordered_json& value, JsonForm form)
{
    const int indent = form == JsonForm::pretty ? 2 : -1;
    return value.dump(indent, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

std::string json_of(const ipc::ListTokens::Reply& reply)
{
    return text_of(base::encode(reply));
}

std::string json_of(const ipc::ListKeys::Reply& reply, const std::vector<ipc::Obstacle>& obstacles)
{
    ordered_json object = base::encode(reply);
    object["obstacles"] = base::encode(ipc::ListTokens::Reply{.tokens = {}, .obstacles = obstacles})["obstacles"];
    return text_of(object);
}

std::string json_of(const ipc::Watch::Reply& reply, JsonForm form)
{
    return text_of(base::encode(reply), form);
}

std::string json_of(const base::Bytes& signature)
{
    return text_of({{"signature", base::to_base64(signature)}});
}

std::string json_of(const mail::mime::Verdict& verdict, Moment judged_at, const ShownToSigner& shown)
{
    ordered_json signers = ordered_json::array();
    for (const mail::mime::SignerFacts& signer : verdict.signers)
        signers.push_back(json_of(signer));
    return text_of({
        {"judgement", mail::mime::to_string(verdict.judgement)},
        {"judged_at", rfc3339(judged_at)},
        {"reasons", sentences_of(verdict.reasons)},
        {"reason_codes", codes_of(verdict.reasons)},
        {"limit", verdict.limit ? ordered_json(mail::to_string(*verdict.limit)) : ordered_json()},
        {"signer", verdict.signer() != nullptr ? json_of(*verdict.signer()) : ordered_json()},
        {"signers", std::move(signers)},
        {"from", verdict.from},
        {"on_behalf_of", verdict.on_behalf_of.empty() ? ordered_json() : ordered_json(verdict.on_behalf_of)},
        {"revocation", mail::cms::to_string(verdict.revocation)},
        {"revocation_checked", verdict.revocation == mail::cms::Revocation::checked},
        {"warnings", sentences_of(verdict.warnings)},
        {"warning_codes", codes_of(verdict.warnings)},
        {"coverage", json_of(verdict.coverage)},
        {"shown_to_signer", json_of(shown)},
        {"journal_head", journal_head_in(verdict)},
    });
}

std::string json_of_error(std::string_view code, std::string_view message)
{
    while (message.ends_with('\n'))
        message.remove_suffix(1);
    return text_of({{"error", code}, {"message", message}}, JsonForm::line);
}

} // namespace sceau::cli
