#include "base/display_text.h"
#include "clients/cli/agent.h"
#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/key_notes.h"
#include "clients/sending/outgoing_mail.h"
#include "clients/sending/output_file.h"
#include "clients/words/progress.h"

#include <sysexits.h>

namespace sceau::cli {

namespace {

// Warns as `sceau verify` will warn the receiver.
void tell_of_weak_key(const ipc::Key& key, const Console& console)
{
    constexpr int kStrong = 2048;
    if (key.algorithm != "rsa" || key.bits >= kStrong)
        return;
    console.tell(
        console.phrase("The key is RSA with {} bits, weaker than 2048: receivers will be warned, or refuse it. Ask "
                       "whoever gave you the token for a new one.\n",
                       key.bits));
}

void tell_of_date(const mail::mime::Prepared& prepared, const Console& console)
{
    if (!prepared.old_date)
        return;
    console.tell(
        console.phrase("The mail's Date, {}, is now that of the signature: {}. With --keep-date it stays as it is.\n",
                       base::made_plain(*prepared.old_date), prepared.date));
}

void tell_of_key(const ipc::Key& key, Moment now, const Console& console)
{
    if (const auto expiry = note_on_expiry(key, now, console))
        console.tell(console.phrase("Your certificate {}: ask for a new one in time.\n", *expiry));
    if (key.missing_issuer)
        console.tell(
            console.phrase("The certificate of {}, on which yours rests, is not known here: where receivers do not "
                           "have it either,\nthey will not know who issued yours. Look for it: sceau certificates\n",
                           name_of_missing_issuer(key)));
}

struct TellOf {
    const Console& console;

    void operator()(const sending::KeyChosen& chosen) const
    {
        if (chosen.is_second)
            console.tell(console.phrase("The token does not have that certificate's key: your other key is used.\n"));
        else
            tell_of_weak_key(chosen.key, console);
        console.tell(dialog_note(console));
    }

    void operator()(const ipc::Progress& progress) const { console.tell(explained(progress, console)); }
};

} // namespace

Outcome<int> run(const SignMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    const Moment now = current_moment();
    TRY_ASSIGN(const sending::OutgoingMail mail, sending::draft(message, {.key = command.key,
                                                                          .from = command.from,
                                                                          .keep_date = command.keep_date,
                                                                          .bcc = command.bcc,
                                                                          .now = now}));
    TRY_ASSIGN(AgentConnection agent, open_agent());
    TRY_ASSIGN(sending::OutputFile output, sending::OutputFile::open(command.output));
    TRY_ASSIGN(const ipc::Key key, sending::sign(mail, agent, output.fd(), [&](const sending::Stage& stage) {
                   std::visit(TellOf{console}, stage);
               }));
    TRY(output.commit());
    tell_of_date(mail.prepared, console);
    tell_of_key(key, now, console);
    return EX_OK;
}

} // namespace sceau::cli
