#include "clients/cli/shown_to_signer.h"

#include "base/sealed_memory.h"
#include "preview/preview.h"
#include "preview/summary_hash.h"

#include <sys/stat.h>

namespace sceau::cli {

using base::Result;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

constexpr std::chrono::seconds kReadingTime{10};

const mail::cms::ShownSummary* said_in(const Verdict& verdict)
{
    if (verdict.judgement != Judgement::signed_ || verdict.signer() == nullptr || !verdict.signer()->own.shown_summary)
        return nullptr;
    return &*verdict.signer()->own.shown_summary;
}

/// Returns nothing if the content cannot be shown.
std::optional<preview::Summary> summary_in(int content)
{
    struct stat state{};
    if (::fstat(content, &state) != 0)
        return std::nullopt;
    const auto sealed = base::SealedMemory::copy_of(content, static_cast<std::uint64_t>(state.st_size));
    if (!sealed)
        return std::nullopt;
    auto seen = preview::see(sealed->fd(), base::Hash::sha256, kReadingTime);
    return seen ? std::optional(std::move(seen->summary)) : std::nullopt;
}

std::vector<std::string> items_of(const preview::Summary& summary, const Console& console)
{
    std::vector<std::string> items;
    const auto add = [&](const char* field, bool is_there) {
        if (is_there)
            items.emplace_back(field);
    };
    add("From", !summary.from.empty());
    add("Sender", !summary.sender.empty());
    add("Reply-To", !summary.reply_to.empty());
    add("To", !summary.to.empty());
    add("Cc", !summary.cc.empty());
    add("Subject", summary.subject.has_value());
    add("Date", summary.date.has_value());
    if (!summary.texts.empty())
        items.push_back(console.phrase("the text"));
    if (!summary.attachments.empty())
        items.push_back(console.counted(summary.attachments.size(), "{} attachment", "{} attachments"));
    if (!summary.invitations.empty())
        items.push_back(console.counted(summary.invitations.size(), "{} invitation", "{} invitations"));
    return items;
}

} // namespace

Result<ShownToSigner> shown_to_signer(const mail::Source& message, const mail::cms::TrustOptions& trust,
                                      Verdict& verdict)
{
    const mail::cms::ShownSummary* said = said_in(verdict);
    if (said == nullptr)
        return ShownToSigner{};
    if (said->version != preview::kSummaryVersion)
        return ShownToSigner{.comparison = Comparison::other_version};
    // Few mails come here, so the content of the others is not written anywhere.
    TRY_ASSIGN(const base::UniqueFd file, mail::temporary_file());
    mail::mime::SignedContent content{.fd = file.value()};
    TRY_ASSIGN(verdict, mail::mime::judge(message, trust, &content));
    said = said_in(verdict);
    if (said == nullptr || !content.written)
        return ShownToSigner{}; // the file was another one by then
    auto summary = summary_in(file.value());
    if (!summary)
        return ShownToSigner{.comparison = Comparison::unread};
    if (said->hash == preview::summary_hash(*summary))
        return ShownToSigner{.comparison = Comparison::same, .summary = *std::move(summary)};
    verdict.warnings.push_back({.what = mail::Found::shown_differs});
    return ShownToSigner{.comparison = Comparison::different};
}

std::string text_of(const ShownToSigner& shown, const Console& console)
{
    switch (shown.comparison) {
    case Comparison::same:
        return console.phrase("shown to the signer before signing, as it claims: {}",
                              enumerated(items_of(shown.summary, console), console.language));
    case Comparison::other_version:
        return console.phrase("what the signer was shown cannot be compared here (another version of Sceau)");
    case Comparison::unread:
        return console.phrase("what the signer was shown cannot be compared here (the mail cannot be shown)");
    case Comparison::not_said:
    case Comparison::different:
        break;
    }
    return {};
}

} // namespace sceau::cli
