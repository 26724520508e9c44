#include "pkcs11/token/reset.h"

#include "pkcs11/reader_name.h"
#include "pkcs11/token/pcsc.h"

#include <chrono>
#include <thread>

namespace sceau::pkcs11::token {

using base::Result;

namespace {

// PC/SC does not notify anyone when an exclusive connection ends. If the task takes too long, the agent ends it.
constexpr std::chrono::milliseconds kTryAgain{50};

bool has_no_card(LONG code)
{
    return code == SCARD_E_NO_SMARTCARD || code == SCARD_W_REMOVED_CARD || code == SCARD_E_UNKNOWN_READER ||
           code == SCARD_E_READER_UNAVAILABLE;
}

/// Returns the code of the first call that fails for a reason other than another program's use of the card.
LONG connect_and_reset(const CardService& service, const std::string& reader)
{
    for (;; std::this_thread::sleep_for(kTryAgain)) {
        SCARDHANDLE card = 0;
        DWORD protocol = 0;
        LONG code = ::SCardConnect(service.get(), reader.c_str(), SCARD_SHARE_SHARED,
                                   SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
        if (code == SCARD_S_SUCCESS) {
            // SCardDisconnect would not do: pcscd gives up the lock before it resets there, and after it here.
            code = ::SCardBeginTransaction(card);
            if (code == SCARD_S_SUCCESS)
                code = ::SCardEndTransaction(card, SCARD_RESET_CARD);
            ::SCardDisconnect(card, SCARD_LEAVE_CARD);
        }
        if (code != SCARD_E_SHARING_VIOLATION && code != SCARD_W_RESET_CARD)
            return code;
    }
}

} // namespace

Result<> reset_card(const std::string& slot_description)
{
    if (slot_description.empty() || !has_card_service())
        return {};
    TRY_ASSIGN(const CardService service, CardService::connect());
    TRY_ASSIGN(const auto readers, service.readers());
    const std::vector<std::string> meant = readers_meant(slot_description, readers);
    if (meant.empty())
        return std::unexpected(base::token_absent("PC/SC has no reader that is named \"" + slot_description + "\""));
    Result<> result;
    for (const std::string& reader : meant) { // resets all, even if one of them fails
        const LONG code = connect_and_reset(service, reader);
        if (code != SCARD_S_SUCCESS && !has_no_card(code))
            result = std::unexpected(pcsc_failure("the card's reset", code));
    }
    return result;
}

} // namespace sceau::pkcs11::token
