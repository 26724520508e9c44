#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/key_notes.h"
#include "clients/cli/output_file.h"
#include "clients/cli/token_signature.h"
#include "mail/cms/address.h"
#include "mail/cms/signed_data.h"
#include "mail/cms/text.h"
#include "mail/mime/signing.h"

#include <sysexits.h>

#include <algorithm>

namespace sceau::cli {

using mail::mime::Prepared;

namespace {

Outcome<Senders> senders_of(const Prepared& prepared, const std::string& wanted)
{
    Senders senders{
        .origin = {.from = prepared.from, .sender = prepared.sender.value_or(""), .defects = {}, .warnings = {}},
        .wanted = {}};
    const auto all = senders.addresses();
    const bool is_one = wanted.empty() || std::ranges::any_of(all, [&](const std::string& sender) {
                            return mail::cms::same_address(sender, wanted);
                        });
    if (!is_one)
        return std::unexpected(NotTheSender{.address = wanted, .senders = all});
    senders.wanted = wanted;
    return senders;
}

Outcome<ipc::Key> find_key(AgentConnection& agent, const std::string& name, const Senders& senders, Moment now)
{
    TRY_ASSIGN(auto reply, agent.call<ipc::ListKeys>());
    if (reply.keys.empty())
        return std::unexpected(NoKeys{});
    if (!name.empty()) {
        TRY_ASSIGN(reply.keys, keys_named(reply.keys, name));
    }
    TRY_ASSIGN(auto key, choose_key(reply.keys, senders, now));
    return key;
}

void tell_of_date(const Prepared& prepared, const Console& console)
{
    if (!prepared.old_date)
        return;
    console.tell(
        console.say("The mail's Date, {}, is now that of the signature: {}. With --keep-date it stays.\n",
                    "La date du courriel, {}, est maintenant celle de la signature : {}. Avec --keep-date elle "
                    "reste.\n",
                    mail::cms::made_plain(*prepared.old_date), prepared.date));
}

void tell_of_key(const ipc::Key& key, Moment now, const Console& console)
{
    if (const auto expiry = note_on_expiry(key, now, console))
        console.tell(console.say("Your certificate {}: ask for a new one in time.\n",
                                 "Votre certificat {} : demandez-en un nouveau à temps.\n", *expiry));
    if (key.missing_issuer)
        console.tell(
            console.say("The certificate of {}, on which yours rests, is not known here: where receivers do not "
                        "have it either,\nthey will not know who issued yours. Look for it: sceau certificates\n",
                        "Le certificat de {}, sur lequel repose le vôtre, n'est pas connu ici : les "
                        "destinataires qui ne l'ont pas\nnon plus ne sauront pas qui a émis le vôtre. Pour le "
                        "chercher : sceau certificates\n",
                        name_of_missing_issuer(key)));
}

} // namespace

Outcome<int> run(const SignMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    const Moment now = current_moment();
    TRY_ASSIGN(const Prepared prepared,
               mail::mime::prepare(message, command.keep_date ? std::nullopt : std::optional(now)));
    TRY_ASSIGN(const Senders senders, senders_of(prepared, command.from));

    TRY_ASSIGN(AgentConnection agent, AgentConnection::open());
    TRY_ASSIGN(OutputFile output, OutputFile::open(command.output));
    TRY_ASSIGN(const ipc::Key key, find_key(agent, command.key, senders, now));
    const base::Scheme scheme = key.schemes.front(); // the best for mail (mail/cms/certificate.h)
    const base::Hash hash = base::traits(scheme).hash;

    TRY_ASSIGN(const base::Bytes content_digest, prepared.digest(hash));
    const mail::cms::Signer signer{.certificate = key.certificate, .chain = key.chain, .scheme = scheme};
    TRY_ASSIGN(auto draft, mail::cms::Draft::create(signer, content_digest, now));
    TRY_ASSIGN(const base::Bytes signature, token_signature(agent, key.id, scheme, draft.digest(), console));
    TRY_ASSIGN(const base::Bytes signed_data, std::move(draft).finish(signature));

    TRY(mail::mime::write_signed(prepared, hash, signed_data, output.fd()));
    TRY(output.commit());
    tell_of_date(prepared, console);
    tell_of_key(key, now, console);
    return EX_OK;
}

} // namespace sceau::cli
