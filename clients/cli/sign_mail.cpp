#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/output_file.h"
#include "clients/cli/token_signature.h"
#include "mail/cms/address.h"
#include "mail/cms/signed_data.h"
#include "mail/mime/signing.h"

#include <sysexits.h>

#include <algorithm>

namespace sceau::cli {

using mail::mime::Prepared;

namespace {

// Whose key is wanted: those of the mail's senders that the command line leaves.
Outcome<std::vector<std::string>> wanted_senders(const SignMail& command, const Prepared& prepared)
{
    std::vector<std::string> senders = senders_of(prepared.from, prepared.sender);
    if (command.from.empty())
        return senders;
    const bool is_sender = std::ranges::any_of(
        senders, [&](const std::string& sender) { return mail::cms::same_address(sender, command.from); });
    if (!is_sender)
        return std::unexpected(NotTheSender{.address = command.from, .senders = std::move(senders)});
    return std::vector{command.from};
}

Outcome<ipc::Key> find_key(AgentConnection& agent, const SignMail& command, const std::vector<std::string>& senders,
                           Moment now)
{
    TRY_ASSIGN(auto reply, agent.call<ipc::ListKeys>());
    if (reply.keys.empty())
        return std::unexpected(NoKeys{});
    if (!command.key.empty()) {
        TRY_ASSIGN(reply.keys, keys_named(reply.keys, command.key));
    }
    TRY_ASSIGN(auto key, choose_key(reply.keys, senders, now));
    return key;
}

} // namespace

Outcome<int> run(const SignMail& command, const Console& console)
{
    TRY_ASSIGN(const mail::Source message, open_input(command.input, console));
    TRY_ASSIGN(const Prepared prepared, mail::mime::prepare(message));
    TRY_ASSIGN(const auto senders, wanted_senders(command, prepared));

    TRY_ASSIGN(AgentConnection agent, AgentConnection::open());
    TRY_ASSIGN(OutputFile output, OutputFile::open(command.output));
    const Moment now = std::chrono::system_clock::now();
    TRY_ASSIGN(const ipc::Key key, find_key(agent, command, senders, now));
    const base::Scheme scheme = key.schemes.front(); // the best for mail (mail/cms/certificate.h)
    const base::Hash hash = base::traits(scheme).hash;

    TRY_ASSIGN(const base::Bytes content_digest, prepared.digest(hash));
    const mail::cms::Signer signer{.certificate = key.certificate, .chain = key.chain, .scheme = scheme};
    TRY_ASSIGN(auto draft, mail::cms::Draft::create(signer, content_digest, now));
    TRY_ASSIGN(const base::Bytes signature, token_signature(agent, key.id, scheme, draft.digest(), console));
    TRY_ASSIGN(const base::Bytes signed_data, std::move(draft).finish(signature));

    TRY(mail::mime::write_signed(prepared, hash, signed_data, output.fd()));
    TRY(output.commit());
    return EX_OK;
}

} // namespace sceau::cli
