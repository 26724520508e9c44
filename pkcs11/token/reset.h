// The reset task: makes a card forget who is logged in, after a worker ended that may have left it open.
#pragma once

#include "base/result.h"

#include <string>

namespace sceau::pkcs11::token {

/// Resets the card in the reader of this slot description; an empty one is a token without a reader, and nothing to do.
/// Where several readers may be meant, all of them. Done, too, where there is no card in it: what has no power is
/// logged in nowhere. And where no pcscd runs: the token is not one of its, or else the next pcscd's first connection
/// powers the card up anew. Waits for others' transactions and exclusive connections to end. `token_absent` where PC/SC
/// has no such reader: it was pulled out, or the slot is none. `token_failed` otherwise.
base::Result<> reset_card(const std::string& slot_description);

} // namespace sceau::pkcs11::token
