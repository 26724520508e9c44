// Closes the card for everyone else at the moment its transaction ends. Under lock_login OpenSC holds a card in one
// transaction from C_Login to C_Finalize; there it first ends the transaction and only then disconnects, and whoever
// comes between finds a card that is logged in. This program's own SCardEndTransaction stands before PC/SC Lite's
// (OpenSC is told to take PC/SC from this program, pkcs11/token/opensc.cpp) and lets pcscd reset the card before it
// gives it free.
#pragma once

namespace sceau::pkcs11::token {

/// From now on the end of a transaction resets the card. Called before C_Login.
void reset_card_when_transactions_end();

} // namespace sceau::pkcs11::token
