// Closes the card for everyone else at the moment its transaction ends. Under lock_login OpenSC holds a card in one
// transaction from C_Login to C_Finalize. There it ends the transaction first and disconnects only then, and a program
// that gets in between finds the card logged in. So this program has its own SCardEndTransaction, which takes
// precedence over that of PC/SC Lite (OpenSC is told to take PC/SC from this program, pkcs11/token/opensc.cpp) and lets
// pcscd reset the card before it releases it.
#pragma once

namespace sceau::pkcs11::token {

/// From now on, the end of a transaction resets the card. Called before C_Login.
void reset_card_when_transactions_end();

} // namespace sceau::pkcs11::token
