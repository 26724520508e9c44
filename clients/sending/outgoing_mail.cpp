#include "clients/sending/outgoing_mail.h"

#include "mail/cms/address.h"

#include <algorithm>

namespace sceau::sending {

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

} // namespace

Outcome<OutgoingMail> draft(const mail::Source& message, const MailOptions& options)
{
    TRY_ASSIGN(Prepared prepared,
               mail::mime::prepare(message, options.keep_date ? std::nullopt : std::optional(options.now)));
    TRY_ASSIGN(Senders senders, senders_of(prepared, options.from));
    std::vector<std::string> bcc = prepared.bcc;
    for (const std::string& address : options.bcc)
        if (std::ranges::find(bcc, address) == bcc.end())
            bcc.push_back(address);
    return OutgoingMail{.prepared = std::move(prepared),
                        .key = {.name = options.key, .senders = std::move(senders), .now = options.now},
                        .bcc = std::move(bcc)};
}

Outcome<ipc::Key> sign(const OutgoingMail& mail, Agent& agent, int out_fd, const OnStage& on_stage)
{
    const mail::Source& payload = mail.prepared.payload;
    if (payload.size() > base::SealedMemory::kMostBytes)
        return std::unexpected(base::bad_message("the mail is larger than 256 MiB, the most that can be shown"));
    TRY_ASSIGN(base::SealedMemory file, base::SealedMemory::copy_of(payload.fd(), payload.size()));
    Content content{.digest = [&](base::Hash hash) { return mail.prepared.digest(hash); },
                    .file = std::move(file),
                    .bcc = mail.bcc};
    TRY_ASSIGN(ContentSignature signature, sign(std::move(content), mail.key, agent, on_stage));
    TRY(mail::mime::write_signed(mail.prepared, signature.hash(), signature.signed_data, out_fd));
    return std::move(signature.key);
}

} // namespace sceau::sending
