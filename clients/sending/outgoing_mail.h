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
    std::string key;        // see keys_named; empty: by the sender's address
    std::string from;       // which of the mail's senders signs; empty: any
    bool keep_date = false; // else the mail's Date moves to the moment of the signature (mail/mime/sign/signing.h)
    Moment now;             // that moment
};

/// A mail that is ready to be signed.
struct OutgoingMail {
    mail::mime::Prepared prepared;
    KeyWanted key;
};

/// Asks nobody yet. `bad_message` with the reason for a mail that cannot be signed as it is, NotTheSender where
/// `options.from` is none of its senders.
Outcome<OutgoingMail> draft(const mail::Source& message, const MailOptions& options);

/// Writes the whole signed mail to the descriptor, once the signature is there; nothing before. The key that signed.
Outcome<ipc::Key> sign(const OutgoingMail& mail, Agent& agent, int out_fd, const OnStage& on_stage);

} // namespace sceau::sending
