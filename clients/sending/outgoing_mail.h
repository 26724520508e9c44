// A mail on its way out: taken apart, signed by the agent, written as a signed mail. For `sceau sign` and for every
// program that mail passes through when it is sent:
//
//     TRY_ASSIGN(const OutgoingMail mail, draft(message, options));
//     TRY_ASSIGN(const ipc::Key key, sign(mail, agent, output.fd(), on_stage));
//     TRY(output.commit());
#pragma once

#include "clients/sending/content_signature.h"
#include "mail/mime/sign/signing.h"

namespace sceau::sending {

struct MailOptions {
    std::string key;        // see keys_named; empty: chosen by the sender's address
    std::string from;       // which of the mail's senders signs; empty: any
    bool keep_date = false; // otherwise the mail's Date becomes the moment of the signature (mail/mime/sign/signing.h)
    std::vector<std::string> bcc = {}; // further recipients, whom the mail's own fields do not name
    Moment now;                        // the moment of the signature
};

/// A mail that is ready to be signed.
struct OutgoingMail {
    mail::mime::Prepared prepared;
    KeyWanted key;
    std::vector<std::string> bcc; // all recipients that are in no byte which is signed or sent
};

/// Prepares the mail without asking anybody. Fails with `bad_message` and the reason if the mail cannot be signed as it
/// is, and with NotTheSender if `options.from` is not one of its senders.
Outcome<OutgoingMail> draft(const mail::Source& message, const MailOptions& options);

/// Writes the whole signed mail to the descriptor, but nothing before the signature is there. Returns the key that
/// signed.
Outcome<ipc::Key> sign(const OutgoingMail& mail, Agent& agent, int out_fd, const OnStage& on_stage);

} // namespace sceau::sending
