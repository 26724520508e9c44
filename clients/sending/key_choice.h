// With which of the keys on the tokens a mail is signed. For all who sign (sending/key_search.h); `sceau keys` says of
// each key what keeps it from signing mail.
#pragma once

#include "ipc/messages.h"
#include "mail/mime/parse/origin.h"

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace sceau::sending {

/// Seconds: year 9999, "no well-defined expiration" (RFC 5280 §4.1.2.5), does not fit into nanoseconds.
using Moment = std::chrono::sys_seconds;

/// Why a key cannot sign this mail. A key has the first of these that holds for it.
enum class Unfit {
    missing,        // the token has its certificate only
    no_certificate, // the token shows a public key only
    unreadable,     // its certificate
    other_address,  // the certificate has none of the mail's sender (RFC 8550 §3)
    expired,
    not_yet_valid,
    may_not_sign, // keyUsage (RFC 8550 §4.4.2)
    not_for_mail, // extKeyUsage (RFC 8550 §4.4.4)
    no_scheme,    // a kind of key that we cannot use
};

/// What keeps the key from signing any mail at that moment; none where it can.
std::optional<Unfit> unfit_for_mail(const ipc::Key& key, Moment now);

struct PassedOver {
    ipc::Key key;
    Unfit reason;
};

/// No key can sign for any of these; every key that there is, and why not.
struct NoKeyFits {
    std::vector<std::string> senders;
    std::vector<PassedOver> keys;
    std::vector<ipc::Obstacle> obstacles = {}; // to more keys
};

/// Whose signature a mail can have. The rule is the receiver's own (mail/mime/parse/origin.h), so that what is signed
/// verifies.
struct Senders {
    mail::mime::Origin origin;
    std::string wanted; // only this one of them; empty: any

    std::vector<std::string> addresses() const;
};

/// The key's certificate is for the sender, valid now and for signing mail; of several, one whose token is plugged in,
/// From's own before Sender's, and of those a key that the token shows before one that it does not, and the newest.
std::expected<ipc::Key, NoKeyFits> choose_key(const std::vector<ipc::Key>& keys, const Senders& senders, Moment now);

/// The keys with that name: 64 hex digits, or at least the first 8 of them. `invalid_parameter` where the name is none
/// or could mean several keys, `key_not_found` where there is no such key.
base::Result<std::vector<ipc::Key>> keys_named(const std::vector<ipc::Key>& keys, std::string_view name);

/// What keys_named takes, as far as that can be seen without the keys.
bool is_key_name(std::string_view name);

} // namespace sceau::sending
