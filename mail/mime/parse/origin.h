// Who a message claims to be from, and whether a certificate agrees (RFC 8550 §3).
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/values.h"

#include <array>

namespace sceau::mail::mime {

/// The fields that RFC 5322 §3.6 allows once, and of which mail programs show one or use one to decide where an answer
/// goes.
inline constexpr std::array kAllowedOnce = {"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date"};

struct Origin {
    std::vector<std::string> from; // addr-specs
    std::string sender;            // the address in Sender; empty if there is none
    std::vector<Finding> defects;  // how the header can be read in two ways
    std::vector<Finding> warnings; // what may mislead a reader
};

Origin read_origin(const Entity& header_of);

enum class Match { from, sender, none };

/// Returns `from` if every mailbox of From is one of the addresses, and `sender` if only that of Sender is.
Match match(const Origin& origin, const std::vector<std::string>& addresses);

/// Returns whether Sender and every mailbox of From have the same domain.
bool shares_domain(const Origin& origin);

} // namespace sceau::mail::mime
