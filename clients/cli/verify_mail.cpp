#include "base/display_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/json.h"
#include "clients/cli/medal.h"
#include "clients/sending/output_file.h"

#include <sysexits.h>

namespace sceau::cli {

using sending::OutputFile;

namespace {

constexpr int kDoesNotVerify = 1;
constexpr int kCannotBeJudged = 2;
constexpr std::size_t kPathColumns = 200;

int status_of(mail::mime::Judgement judgement)
{
    switch (judgement) {
    case mail::mime::Judgement::signed_:
        return EX_OK;
    case mail::mime::Judgement::encrypted:
    case mail::mime::Judgement::cannot_be_checked:
        return kCannotBeJudged;
    default:
        return kDoesNotVerify;
    }
}

} // namespace

Outcome<int> run(const VerifyMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    const Moment at = command.at.value_or(current_moment());
    mail::cms::TrustOptions trust{.ca_file = {},
                                  .crl_files = command.crls,
                                  .at = at,
                                  .certificate_files = command.certificates,
                                  .require_revocation = command.require_revocation};
    if (!command.ca.empty())
        trust.ca_file = command.ca;
    std::optional<OutputFile> output;
    mail::mime::SignedContent content;
    if (!command.content.empty()) {
        TRY_ASSIGN(OutputFile opened, OutputFile::open(command.content));
        content.fd = output.emplace(std::move(opened)).fd();
    }
    TRY_ASSIGN(mail::mime::Verdict verdict, mail::mime::judge(message, trust, output ? &content : nullptr));
    TRY_ASSIGN(const ShownToSigner shown, shown_to_signer(message, trust, verdict));
    const std::string text = command.json ? json_of(verdict, at, shown) : medal(verdict, at, console, shown);
    if (command.content == "-")
        console.tell(text); // standard output is reserved for the content
    else
        TRY(console.print(text));
    if (content.written)
        TRY(output->commit());
    else if (output)
        console.tell(console.phrase("Nothing was written to {}: no signature fits the content.\n",
                                    base::shown(command.content.string(), kPathColumns)));
    return status_of(verdict.judgement);
}

} // namespace sceau::cli
