#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/json.h"
#include "clients/cli/medal.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

constexpr int kDoesNotVerify = 1;

} // namespace

Outcome<int> run(const VerifyMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    const Moment at = command.at.value_or(std::chrono::system_clock::now());
    mail::TrustOptions trust{.ca_file = {}, .crl_files = command.crls, .at = at};
    if (!command.ca.empty())
        trust.ca_file = command.ca;
    TRY_ASSIGN(const mail::Verdict verdict, mail::judge(message, trust));
    TRY(console.print(command.json ? json_of(verdict, at) : medal(verdict, at, console)));
    return verdict.judgement == mail::Judgement::signed_ ? EX_OK : kDoesNotVerify;
}

} // namespace sceau::cli
