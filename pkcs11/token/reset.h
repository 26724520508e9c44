// The reset task: ends every login to a card after a worker that may have left one open.
#pragma once

#include "base/result.h"

#include <string>

namespace sceau::pkcs11::token {

/// Resets the card in the reader of this slot description, or in all readers that it may mean. Succeeds without a reset
/// if the description is empty (a token without a reader), if there is no card (without power no login lasts) and if no
/// pcscd runs: either the token is not one of pcscd's, or the next pcscd powers the card up anew on its first
/// connection. Waits until other programs' transactions and exclusive connections end. Fails with `token_absent` if
/// PC/SC has no such reader, because it was unplugged or the slot is not a reader, and otherwise with `token_failed`.
base::Result<> reset_card(const std::string& slot_description);

} // namespace sceau::pkcs11::token
