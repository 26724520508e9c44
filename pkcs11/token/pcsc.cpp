#include "pkcs11/token/pcsc.h"

#include <pcsclite.h>

namespace sceau::pkcs11::token {

using base::Result;

base::Error pcsc_failure(std::string_view function, LONG code)
{
    return base::token_failed(std::string(function) + ": " + ::pcsc_stringify_error(code));
}

bool has_card_service()
{
    SCARDCONTEXT context = 0;
    const LONG connected = ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
    if (connected == SCARD_S_SUCCESS)
        ::SCardReleaseContext(context);
    return connected != SCARD_E_NO_SERVICE;
}

Result<CardService> CardService::connect()
{
    SCARDCONTEXT context = 0;
    const LONG connected = ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
    if (connected != SCARD_S_SUCCESS)
        return std::unexpected(pcsc_failure("SCardEstablishContext", connected));
    return CardService(context);
}

Result<std::vector<std::string>> CardService::readers() const
{
    // Twice the size of the longest answer of pcsc-lite. Asking for the size first would race with a new reader.
    std::string names(std::size_t{2} * PCSCLITE_MAX_READERS_CONTEXTS * MAX_READERNAME, '\0');
    DWORD size = names.size();
    const LONG listed = ::SCardListReaders(context_, nullptr, names.data(), &size);
    if (listed == SCARD_E_NO_READERS_AVAILABLE)
        return std::vector<std::string>{};
    if (listed != SCARD_S_SUCCESS)
        return std::unexpected(pcsc_failure("SCardListReaders", listed));
    std::vector<std::string> readers;
    for (const char* name = names.data(); *name != '\0'; name += readers.back().size() + 1)
        readers.emplace_back(name);
    return readers;
}

} // namespace sceau::pkcs11::token
