#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/json.h"
#include "clients/cli/medal.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

constexpr int kDoesNotVerify = 1;
constexpr int kCannotBeChecked = 2;

int status_of(mail::Judgement judgement)
{
    switch (judgement) {
    case mail::Judgement::signed_:
        return EX_OK;
    case mail::Judgement::cannot_be_checked:
        return kCannotBeChecked;
    default:
        return kDoesNotVerify;
    }
}

} // namespace

Outcome<int> run(const VerifyMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    const Moment at = command.at.value_or(current_moment());
    mail::TrustOptions trust{.ca_file = {},
                             .crl_files = command.crls,
                             .at = at,
                             .certificate_files = command.certificates,
                             .require_revocation = command.require_revocation};
    if (!command.ca.empty())
        trust.ca_file = command.ca;
    TRY_ASSIGN(const mail::Verdict verdict, mail::judge(message, trust));
    TRY(console.print(command.json ? json_of(verdict, at) : medal(verdict, at, console)));
    return status_of(verdict.judgement);
}

} // namespace sceau::cli
