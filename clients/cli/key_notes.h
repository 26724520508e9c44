// What a person should know about a key that can sign mail, for `sceau keys` and `sceau sign`.
#pragma once

#include "clients/cli/words.h"
#include "ipc/messages.h"

#include <optional>
#include <string>

namespace sceau::cli {

/// Returns a note such as "expires in 12 days" during the last 30 days, otherwise nothing.
std::optional<std::string> note_on_expiry(const ipc::Key& key, Moment now, const Console& console);

/// Returns the certificate (DER) whose issuer is not known: the key's own or the last of its chain. Returns nothing if
/// the chain is complete.
std::optional<base::Bytes> end_of_chain(const ipc::Key& key);
/// The name of that issuer, safe to show: the common name if it has one.
std::string name_of_missing_issuer(const ipc::Key& key);

} // namespace sceau::cli
