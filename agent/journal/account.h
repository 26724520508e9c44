// What the coroutine of a request says of it for the journal, as it learns it. All else the journal knows from the
// request and its answer.
#pragma once

#include "base/bytes.h"
#include "ipc/shown.h"

#include <optional>
#include <string>

namespace sceau::agent {

struct Account {
    std::string token_label; // empty until the key was found
    std::string token_serial;
    std::optional<ipc::Shown> shown;      // to the person who was asked, or would have been
    std::optional<base::Bytes> salt = {}; // of the journal's head that the signature names (Attestation)
    bool was_asked = false;               // whether the person was asked for the PIN, or was about to be
};

} // namespace sceau::agent
