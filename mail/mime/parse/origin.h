// Who a message says it is from, and whether a certificate agrees (RFC 8550 §3).
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/values.h"

#include <array>

namespace sceau::mail::mime {

/// Fields that RFC 5322 §3.6 allows once and of which readers are shown one: those that mail programs show, or that
/// decide where an answer goes.
inline constexpr std::array kAllowedOnce = {"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date"};

struct Origin {
    std::vector<std::string> from; // addr-spec each
    std::string sender;            // of Sender; empty where there is none
    std::vector<Finding> defects;  // in how far the header can be read in two ways
    std::vector<Finding> warnings; // what may mislead a reader
};

Origin read_origin(const Entity& header_of);

enum class Match { from, sender, none };

/// `from` when every mailbox of From is one of the addresses; `sender` when only that of Sender is.
Match match(const Origin& origin, const std::vector<std::string>& addresses);

/// Whether Sender and every mailbox of From are of the same domain.
bool shares_domain(const Origin& origin);

} // namespace sceau::mail::mime
