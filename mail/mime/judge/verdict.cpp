#include "mail/mime/judge/verdict.h"

#include "base/ascii.h"
#include "base/display_text.h"
#include "mail/cms/content_digest.h"
#include "mail/cms/content_kind.h"
#include "mail/cms/content_removal.h"
#include "mail/cms/verification.h"
#include "mail/mime/canonical.h"
#include "mail/mime/judge/signature_part.h"
#include "mail/mime/parse/decoding.h"
#include "mail/mime/parse/oddities.h"
#include "mail/mime/parse/origin.h"
#include "mail/mime/parse/structure.h"
#include "mail/mime/writer.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;

namespace {

SignerFacts facts_of(const cms::SignerReport& report)
{
    const cms::CertificateFacts& certificate = *report.certificate;
    return {.name = certificate.subject_name,
            .addresses = certificate.addresses,
            .issuer = certificate.issuer_name,
            .not_before = certificate.not_before,
            .not_after = certificate.not_after,
            .claimed_time = report.claimed_time,
            .algorithm = report.algorithm,
            .key = certificate.key.hex(),
            .own = report.own};
}

std::string joined_plain(const std::vector<std::string>& addresses)
{
    std::string text;
    for (const std::string& address : addresses)
        text += (text.empty() ? "" : ", ") + base::made_plain(address);
    return text;
}

/// Works out the verdict on one message.
class Judge {
  public:
    Judge(const Source& source, const cms::Trust& trust, SignedContent* wanted)
        : source_(source), trust_(trust), wanted_(wanted)
    {
    }

    Result<Verdict> run() &&
    {
        auto parsed = parse(source_);
        if (!parsed)
            return unreadable(parsed.error());
        const Entity& root = parsed->root;
        origin_ = read_header(root);
        verdict_.from = joined_plain(origin_.from);
        for (const Defect& defect : parsed->defects)
            add(Judgement::malformed, {.what = Found::ambiguous, .reason = defect.what});
        for (const std::string& oddity : oddities_of(root))
            verdict_.warnings.push_back({.what = Found::written_oddly, .reason = oddity});
        const Structure structure = find_signature(root);
        for (const Finding& defect : structure.defects)
            add(Judgement::malformed, defect);
        if (reasons_.empty() && structure.signed_part)
            TRY(judge_signature(root, *structure.signed_part));
        else if (reasons_.empty() && structure.encrypted)
            encrypted();
        else if (reasons_.empty())
            not_signed(structure.remarks);
        return std::move(*this).conclude();
    }

  private:
    struct Reason {
        Judgement judgement;
        Finding finding;
    };

    void add(Judgement judgement, Finding finding)
    {
        const auto place = std::ranges::upper_bound(reasons_, judgement, {}, &Reason::judgement);
        reasons_.insert(place, {judgement, std::move(finding)});
    }

    Result<Verdict> unreadable(const base::Error& error)
    {
        if (error.code != base::ErrorCode::bad_message)
            return std::unexpected(error);
        if (!goes_over_limit(error))
            add(Judgement::malformed, {.what = Found::cannot_be_taken_apart, .reason = error.message});
        return std::move(*this).conclude();
    }

    /// Exceeding a limit does not make a message damaged.
    bool goes_over_limit(const base::Error& error)
    {
        const std::optional<Limit> limit = limit_of(error);
        if (!limit)
            return false;
        verdict_.limit = limit;
        add(Judgement::cannot_be_checked, {.what = Found::over_limit, .reason = error.message});
        return true;
    }

    void encrypted() { add(Judgement::encrypted, {.what = Found::encrypted}); }

    void not_signed(const std::vector<Finding>& remarks)
    {
        add(Judgement::not_signed, {.what = Found::no_signature});
        for (const Finding& remark : remarks)
            add(Judgement::not_signed, remark);
    }

    Origin read_header(const Entity& entity)
    {
        Origin origin = read_origin(entity);
        for (const Finding& defect : origin.defects)
            add(Judgement::malformed, defect);
        std::ranges::copy(origin.warnings, std::back_inserter(verdict_.warnings));
        return origin;
    }

    Result<> judge_signature(const Entity& root, const SignedPart& part)
    {
        TRY_ASSIGN(const Source encoded, decoded_body(source_, *part.signature));
        TRY_ASSIGN(const cms::ContentKind kind, cms::kind_of(encoded));
        const bool called_encrypted = says_encrypted(*part.whole);
        const bool is_signed = kind == cms::ContentKind::signed_data;
        if (part.is_opaque() && (kind == cms::ContentKind::encrypted || (called_encrypted && !is_signed))) {
            encrypted();
            return {};
        }
        if (called_encrypted)
            verdict_.warnings.push_back({.what = Found::says_encrypted});
        if (kind != cms::ContentKind::none && !is_signed) {
            not_signed({Finding{.what = Found::other_smime}});
            return {};
        }
        const auto separated = cms::remove_content(encoded);
        if (!separated)
            return no_signed_data(part, separated.error());
        TRY_ASSIGN(const bool text_behind, holds_more_than_base64(source_, *part.signature));
        if (separated->bytes_behind || text_behind)
            verdict_.warnings.push_back({.what = Found::bytes_behind_signature});
        const auto signatures = cms::Signatures::parse(separated->signed_data);
        if (!signatures)
            return no_signed_data(part, signatures.error());
        if (separated->content.has_value() != part.is_opaque()) {
            add(Judgement::malformed, {.what = part.is_opaque() ? Found::content_missing : Found::content_of_its_own});
            return {};
        }
        if (signatures->count() == 0) {
            add(Judgement::not_signed, {.what = Found::only_certificates});
            return {};
        }
        TRY_ASSIGN(const cms::ContentDigests digests, digests_of(part, separated->content, signatures->hashes()));
        const std::vector<cms::SignerReport> reports = signatures->check(digests, trust_);
        take(reports);
        TRY(write_content(part, separated->content));
        if (names_another_hash(*part.whole, signatures->hashes()))
            verdict_.warnings.push_back({.what = Found::micalg_names_another});
        if (part.is_opaque())
            return judge_opaque(root, part, *separated->content, reports);
        return judge_message(root, part, {.source = source_, .root = *part.payload}, reports);
    }

    Result<> no_signed_data(const SignedPart& part, const base::Error& error)
    {
        if (error.code == base::ErrorCode::unsupported)
            add(Judgement::cannot_be_checked, {.what = Found::smime_part_unjudged, .reason = error.message});
        else if (error.code != base::ErrorCode::bad_message)
            return std::unexpected(error);
        else if (!goes_over_limit(error))
            add(part.says_signed_data() ? Judgement::malformed : Judgement::not_signed,
                {.what = Found::smime_part_unreadable, .reason = error.message});
        return {};
    }

    /// Detached content is 7-bit text, whose line ends a mail store may have changed. Octets inside a CMS structure are
    /// taken as they are.
    Result<cms::ContentDigests> digests_of(const SignedPart& part, const std::optional<Source>& content,
                                           const std::vector<cms::ContentHash>& hashes) const
    {
        cms::ContentDigester digester(hashes);
        TRY(give_content(part, content, [&](std::string_view piece) {
            digester.update(piece);
            return Result<>();
        }));
        return std::move(digester).finish();
    }

    Result<> give_content(const SignedPart& part, const std::optional<Source>& content, const Sink& sink) const
    {
        if (content)
            return stream(*content, {.begin = 0, .end = content->size()}, sink);
        CanonicalLines lines(sink);
        return stream(source_, part.payload->range, [&](std::string_view piece) { return lines.write(piece); });
    }

    /// Writes nothing unless the content is what was signed.
    Result<> write_content(const SignedPart& part, const std::optional<Source>& content)
    {
        const bool wrong = !reasons_.empty() && reasons_.front().judgement <= Judgement::cannot_be_checked;
        if (wanted_ == nullptr || wrong)
            return {};
        Writer writer(wanted_->fd);
        TRY(give_content(part, content, [&](std::string_view piece) { return writer.write(piece); }));
        wanted_->written = true;
        return writer.flush();
    }

    /// If there are several signers, all of them must be right.
    void take(const std::vector<cms::SignerReport>& reports)
    {
        const auto same = [&](const cms::SignerReport& report) {
            return report.revocation == reports.front().revocation;
        };
        verdict_.revocation =
            std::ranges::all_of(reports, same) ? reports.front().revocation : cms::Revocation::unknown;
        for (const cms::SignerReport& report : reports)
            name_signer(report);
        if (reports.size() > 1)
            verdict_.warnings.push_back({.what = Found::several_signatures, .count = reports.size()});
        for (const cms::SignerReport& report : reports) {
            for (const cms::Flaw& flaw : report.flaws)
                add(judgement_of(flaw.fault), flaw.finding);
            std::ranges::copy(report.warnings, std::back_inserter(verdict_.warnings));
        }
    }

    void name_signer(const cms::SignerReport& report)
    {
        if (!report.certificate)
            return;
        SignerFacts facts = facts_of(report);
        const auto same = [&](const SignerFacts& other) {
            return other.key == facts.key && other.issuer == facts.issuer && other.addresses == facts.addresses;
        };
        if (std::ranges::none_of(verdict_.signers, same))
            verdict_.signers.push_back(std::move(facts));
    }

    Result<> judge_opaque(const Entity& root, const SignedPart& part, const Source& content,
                          const std::vector<cms::SignerReport>& reports)
    {
        auto inside = parse(content);
        if (!inside && inside.error().code != base::ErrorCode::bad_message)
            return std::unexpected(inside.error());
        if (!inside && goes_over_limit(inside.error()))
            return {};
        if (!inside)
            add(Judgement::malformed, {.what = Found::content_not_taken_apart, .reason = inside.error().message});
        else if (inside->root.mbox_line.size() > 0)
            add(Judgement::malformed, {.what = Found::content_begins_oddly});
        else
            for (const Defect& defect : inside->defects)
                add(Judgement::malformed, {.what = Found::content_ambiguous, .reason = defect.what});
        if (!inside || inside->root.mbox_line.size() > 0 || !inside->defects.empty())
            return {};
        for (const Finding& defect : find_signature(inside->root).defects)
            add(Judgement::malformed, defect);
        return judge_message(root, part, {.source = content, .root = inside->root}, reports);
    }

    /// What the signature is over, and the source that contains it.
    struct Payload {
        const Source& source;
        const Entity& root;
    };

    Result<> judge_message(const Entity& root, const SignedPart& part, const Payload& signed_over,
                           const std::vector<cms::SignerReport>& reports)
    {
        const Entity& payload = signed_over.root;
        judge_origin(origin_, reports);
        const bool right = reasons_.empty() || reasons_.front().judgement > Judgement::cannot_be_checked;
        if (right && part.whole == &root && has_header_protection(payload))
            judge_protected_header(payload, reports);
        warn_of_text_around(*part.whole);
        const HeaderField* date = payload.field("Date");
        warn_of_distant_date(date != nullptr ? date : root.field("Date"), reports);
        Extent extent = extent_of(source_, root, *part.whole, payload);
        std::ranges::move(extent.warnings, std::back_inserter(verdict_.warnings));
        if (!extent.whole)
            add(Judgement::partly_covered,
                {.what = extent.coverage.gaps.only_header() ? Found::header_outside_changed : Found::not_all_signed});
        coverage_ = std::move(extent.coverage);
        return warn_of_encryption(signed_over);
    }

    /// Anyone who obtained an encrypted content may have signed it.
    Result<> warn_of_encryption(const Payload& signed_over)
    {
        TRY_ASSIGN(const bool encrypted, holds_encrypted(signed_over.source, signed_over.root));
        if (encrypted)
            verdict_.warnings.push_back({.what = Found::signed_over_encrypted});
        return {};
    }

    void judge_protected_header(const Entity& payload, const std::vector<cms::SignerReport>& reports)
    {
        const Origin origin = read_header(payload);
        if (payload.field("From") != nullptr) {
            judge_origin(origin, reports);
            verdict_.from = joined_plain(origin.from);
        }
        if (base::ascii_lower(*payload.content_type.parameter("hp")) == "cipher")
            verdict_.warnings.push_back({.what = Found::meant_to_be_encrypted});
    }

    /// At least one signer must be the author, or have sent the mail for the author.
    void judge_origin(const Origin& origin, const std::vector<cms::SignerReport>& reports)
    {
        if (std::ranges::none_of(reports, [](const auto& report) { return report.certificate.has_value(); }))
            return; // the findings already say that the signer is unknown
        Match best = Match::none;
        for (const cms::SignerReport& report : reports) {
            if (report.certificate)
                best = std::min(best, match(origin, report.certificate->addresses));
        }
        const std::string from = joined_plain(origin.from);
        if (best == Match::none) {
            if (origin.from.empty())
                add(Judgement::not_from_signer, {.what = Found::no_from});
            else
                add(Judgement::not_from_signer, {.what = Found::from_another, .value = from});
        } else if (best == Match::sender) {
            sent_for(origin, from);
        }
    }

    /// An office may sign for its people. A sender of another domain only claims to be allowed to.
    void sent_for(const Origin& origin, const std::string& from)
    {
        verdict_.on_behalf_of = from;
        verdict_.sender = base::made_plain(origin.sender);
        Finding finding{.what = Found::sent_for_another, .value = from, .other = verdict_.sender};
        if (shares_domain(origin))
            verdict_.warnings.push_back(std::move(finding));
        else
            add(Judgement::signed_by_sender, std::move(finding));
    }

    /// Thunderbird 153 rejects such a signature. The mail may have been held back, or an old signature put under a new
    /// header.
    void warn_of_distant_date(const HeaderField* field, const std::vector<cms::SignerReport>& reports)
    {
        constexpr std::int64_t kHour = 3600;
        const auto date = field != nullptr ? read_date(field->value) : std::nullopt;
        for (const cms::SignerReport& report : reports) {
            if (!date || !report.claimed_time)
                continue;
            const std::int64_t distance = *date - std::chrono::system_clock::to_time_t(*report.claimed_time);
            if (distance > kHour || distance < -kHour)
                verdict_.warnings.push_back({.what = Found::date_far_from_signing});
        }
    }

    /// RFC 2046 §5.1.1 tells readers to ignore text before and after the parts.
    void warn_of_text_around(const Entity& whole)
    {
        constexpr std::uint64_t kLineEnds = 4;
        if (whole.is_multipart() && whole.epilogue.size() > kLineEnds)
            verdict_.warnings.push_back({.what = Found::text_after_signed_part});
    }

    Verdict conclude() &&
    {
        verdict_.judgement = reasons_.empty() ? Judgement::signed_ : reasons_.front().judgement;
        for (const Reason& reason : reasons_) {
            if (std::ranges::find(verdict_.reasons, reason.finding) == verdict_.reasons.end())
                verdict_.reasons.push_back(reason.finding);
        }
        if (verdict_.judgement > Judgement::cannot_be_checked)
            verdict_.coverage = std::move(coverage_);
        std::ranges::sort(verdict_.warnings);
        const auto repeated = std::ranges::unique(verdict_.warnings);
        verdict_.warnings.erase(repeated.begin(), repeated.end());
        return std::move(verdict_);
    }

    const Source& source_;
    const cms::Trust& trust_;
    SignedContent* wanted_; // null if nobody wants it
    Origin origin_;         // from the header outside
    Verdict verdict_;
    Coverage coverage_;
    std::vector<Reason> reasons_; // the worst first
};

} // namespace

Result<Verdict> judge(const Source& message, const cms::TrustOptions& options, SignedContent* content)
{
    if (message.size() == 0)
        return std::unexpected(base::bad_message("the message is empty"));
    TRY_ASSIGN(const cms::Trust trust, cms::Trust::open(options));
    return Judge(message, trust, content).run();
}

} // namespace sceau::mail::mime
