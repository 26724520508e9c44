// What a person should know of a key that can sign mail: `sceau keys` and `sceau sign` say it.
#pragma once

#include "clients/cli/words.h"
#include "ipc/messages.h"

#include <optional>
#include <string>

namespace sceau::cli {

/// "expires in 12 days": from 30 days before on. None before, and afterwards.
std::optional<std::string> note_on_expiry(const ipc::Key& key, Moment now, const Console& console);

/// The certificate whose issuer is not known (DER): the key's own or the last of its chain. None where the chain is
/// whole.
std::optional<base::Bytes> end_of_chain(const ipc::Key& key);
/// The name of that issuer, fit to be shown: the common name where it has one.
std::string name_of_missing_issuer(const ipc::Key& key);

} // namespace sceau::cli
