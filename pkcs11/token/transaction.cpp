#include "pkcs11/token/transaction.h"

#include <dlfcn.h>
#include <winscard.h>

namespace {

bool resets = false; // needs no lock: without CKF_OS_LOCKING_OK there is one thread

} // namespace

namespace sceau::pkcs11::token {

void reset_card_when_transactions_end()
{
    resets = true;
}

} // namespace sceau::pkcs11::token

extern "C" __attribute__((visibility("default"))) LONG SCardEndTransaction(SCARDHANDLE card, DWORD disposition)
{
    static const auto end = reinterpret_cast<LONG (*)(SCARDHANDLE, DWORD)>(::dlsym(RTLD_NEXT, "SCardEndTransaction"));
    return end(card, resets ? SCARD_RESET_CARD : disposition);
}
