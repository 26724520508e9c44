#include "tests/support/pcsc_client.h"

#include <stdexcept>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

/// For the whole life of this process libpcsclite's socket is a link, which is pointed at the current daemon.
void turn_socket_to(const PrivatePcscd& pcscd)
{
    static const TemporaryFolder folder;
    const fs::path link = folder.path() / "pcscd.comm";
    ::setenv("PCSCLITE_CSOCK_NAME", link.c_str(), 1);
    fs::remove(link);
    fs::create_symlink(pcscd.folder() / "pcscd.comm", link);
}

} // namespace

PcscClient::PcscClient(const PrivatePcscd& pcscd)
{
    turn_socket_to(pcscd);
    const LONG result = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_);
    if (result != SCARD_S_SUCCESS)
        throw std::runtime_error(std::string("no PC/SC context: ") + pcsc_stringify_error(result));
}

PcscClient::~PcscClient()
{
    SCardReleaseContext(context_);
}

LONG PcscClient::connect(const std::string& reader, DWORD share)
{
    DWORD protocol = 0;
    return SCardConnect(context_, reader.c_str(), share, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card_, &protocol);
}

LONG PcscClient::reconnect(DWORD disposition)
{
    DWORD protocol = 0;
    return SCardReconnect(card_, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, disposition, &protocol);
}

LONG PcscClient::disconnect(DWORD disposition)
{
    return SCardDisconnect(card_, disposition);
}

LONG PcscClient::begin_transaction()
{
    return SCardBeginTransaction(card_);
}

LONG PcscClient::end_transaction(DWORD disposition)
{
    return SCardEndTransaction(card_, disposition);
}

unsigned PcscClient::Answer::sw() const
{
    return bytes.size() < 2 ? 0 : static_cast<unsigned>(bytes[bytes.size() - 2] << 8 | bytes.back());
}

PcscClient::Answer PcscClient::transmit(base::BytesView apdu) const
{
    Answer answer{.bytes = base::Bytes(MAX_BUFFER_SIZE)};
    DWORD size = answer.bytes.size();
    answer.result = SCardTransmit(card_, SCARD_PCI_T1, apdu.data(), apdu.size(), nullptr, answer.bytes.data(), &size);
    answer.bytes.resize(answer.result == SCARD_S_SUCCESS ? size : 0);
    return answer;
}

PcscClient::Answer PcscClient::transmit(const std::vector<base::Bytes>& apdus) const
{
    Answer answer;
    for (const base::Bytes& apdu : apdus) {
        answer = transmit(base::BytesView(apdu));
        if (answer.sw() != 0x9000 && answer.sw() >> 8 != 0x61)
            break;
    }
    return answer;
}

} // namespace sceau::test
