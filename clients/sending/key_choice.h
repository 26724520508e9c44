// Chooses which of the keys on the tokens signs a mail. Used by all programs that sign (sending/key_search.h), and by
// `sceau keys` to say what keeps each key from signing mail.
#pragma once

#include "base/moment.h"
#include "ipc/messages.h"
#include "mail/mime/parse/origin.h"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace sceau::sending {

using base::Moment;

/// Why a key cannot sign this mail. The first of these that applies to a key is reported.
enum class Unfit {
    missing,        // the token has only its certificate
    no_certificate, // the token shows only a public key
    unreadable,     // the certificate is unreadable
    other_address,  // no address of the certificate is a sender of the mail (RFC 8550 §3)
    expired,
    not_yet_valid,
    may_not_sign, // keyUsage (RFC 8550 §4.4.2)
    not_for_mail, // extKeyUsage (RFC 8550 §4.4.4)
    no_scheme,    // a kind of key that Sceau cannot use
};

/// Returns what keeps the key from signing any mail at that moment, or nothing if it can sign.
std::optional<Unfit> unfit_for_mail(const ipc::Key& key, Moment now);

struct PassedOver {
    ipc::Key key;
    Unfit reason;
};

/// No key can sign for any of these addresses; lists every key with the reason.
struct NoKeyFits {
    std::vector<std::string> senders;
    std::vector<PassedOver> keys;
    std::vector<ipc::Obstacle> obstacles = {}; // to seeing more keys
};

/// The senders whose signature a mail can have. The rule is the one that receivers apply (mail/mime/parse/origin.h), so
/// that the signature verifies.
struct Senders {
    mail::mime::Origin origin;
    std::string wanted; // the only one that may sign; empty: any

    std::vector<std::string> addresses() const;
};

/// Returns a key whose certificate is for the sender, valid now and meant for signing mail. Of several such keys it
/// prefers, in this order, one whose token is plugged in, one of From before one of Sender, a key that the token shows
/// over one that it does not, and the newest.
std::expected<ipc::Key, NoKeyFits> choose_key(const std::vector<ipc::Key>& keys, const Senders& senders, Moment now);

/// Returns the keys with that name: 64 hex digits, or at least the first 8 of them. Fails with `invalid_parameter` if
/// the text is not such a name or could mean several keys, and with `key_not_found` if there is no such key.
base::Result<std::vector<ipc::Key>> keys_named(const std::vector<ipc::Key>& keys, std::string_view name);

} // namespace sceau::sending
