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

Outcome<std::vector<ipc::Key>> list_keys(AgentConnection& agent, const std::string& name, bool refresh)
{
    TRY_ASSIGN(auto reply, agent.call<ipc::ListKeys>({.refresh = refresh, .absent = true}));
    if (reply.keys.empty()) {
        TRY_ASSIGN(auto seen, agent.call<ipc::ListTokens>({.refresh = true}));
        return std::unexpected(NoKeys{std::move(seen)});
    }
    if (!name.empty()) {
        TRY_ASSIGN(reply.keys, keys_named(reply.keys, name));
    }
    return std::move(reply.keys);
}

Outcome<ipc::Key> find_key(AgentConnection& agent, const std::string& name, const Senders& senders, Moment now)
{
    TRY_ASSIGN(auto keys, list_keys(agent, name, false));
    if (const auto key = choose_key(keys, senders, now); key && !key->absent.value_or(false))
        return *key;
    // A certificate may have been renewed on a card that stayed in its reader.
    TRY_ASSIGN(keys, list_keys(agent, name, true));
    auto key = choose_key(keys, senders, now);
    if (key)
        return *std::move(key);
    TRY_ASSIGN(auto seen, agent.call<ipc::ListTokens>());
    key.error().obstacles = std::move(seen.obstacles);
    return std::unexpected(std::move(key).error());
}

Outcome<base::Bytes> signed_data_with(const ipc::Key& key, AgentConnection& agent, const Prepared& prepared, Moment now,
                                      const Console& console)
{
    const base::Scheme scheme = key.schemes.front(); // the best for mail (mail/cms/certificate.h)
    TRY_ASSIGN(const base::Bytes content_digest, prepared.digest(base::traits(scheme).hash));
    const mail::cms::Signer signer{.certificate = key.certificate, .chain = key.chain, .scheme = scheme};
    TRY_ASSIGN(auto draft, mail::cms::Draft::create(signer, content_digest, now));
    TRY_ASSIGN(const base::Bytes signature, token_signature(agent, key.id, scheme, draft.digest(), console));
    TRY_ASSIGN(auto signed_data, std::move(draft).finish(signature));
    return signed_data;
}

bool is_not_there(const Failure& failure)
{
    const auto* error = std::get_if<base::Error>(&failure);
    return error != nullptr && error->code == base::ErrorCode::key_not_found;
}

// As `sceau verify` will say it to the receiver.
void tell_of_weak_key(const ipc::Key& key, const Console& console)
{
    constexpr int kStrong = 2048;
    if (key.algorithm != "rsa" || key.bits >= kStrong)
        return;
    console.tell(
        console.say("The key is RSA with {} bits, weaker than 2048: receivers will be warned, or refuse it. Ask "
                    "whoever gave you the token for a new one.\n",
                    "La clé est RSA de {} bits, plus faible que 2048 : les destinataires en seront avertis ou la "
                    "refuseront. Demandez-en une nouvelle à qui vous a remis le jeton.\n",
                    key.bits));
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
    TRY_ASSIGN(ipc::Key key, find_key(agent, command.key, senders, now));
    tell_of_weak_key(key, console);
    auto signed_data = signed_data_with(key, agent, prepared, now, console);
    if (!signed_data && is_not_there(signed_data.error())) {
        // The token had the certificate only, or another one by now: the agent knows that since.
        TRY_ASSIGN(const ipc::Key other, find_key(agent, command.key, senders, now));
        if (other.id == key.id)
            return std::unexpected(signed_data.error());
        console.tell(console.say("The token does not have that certificate's key: your other one is used.\n",
                                 "Le jeton n'a pas la clé de ce certificat : votre autre clé est utilisée.\n"));
        key = other;
        signed_data = signed_data_with(key, agent, prepared, now, console);
    }
    TRY(signed_data);
    const base::Hash hash = base::traits(key.schemes.front()).hash;
    TRY(mail::mime::write_signed(prepared, hash, *signed_data, output.fd()));
    TRY(output.commit());
    tell_of_date(prepared, console);
    tell_of_key(key, now, console);
    return EX_OK;
}

} // namespace sceau::cli
