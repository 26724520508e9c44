// A program that uses a card through PC/SC without PKCS#11, in the test's own process: to watch, to interfere, and to
// send what OpenSC never would.
//
//     PcscClient client(pcscd);
//     client.connect(pcscd.reader(card));
//     CHECK(client.transmit(verify_query()).sw() == 0x63c3);
#pragma once

#include "base/bytes.h"
#include "tests/support/private_pcscd.h"

#include <winscard.h>

#include <cstdint>
#include <string>

namespace sceau::test {

class PcscClient {
  public:
    /// Throws std::runtime_error when the daemon does not serve. libpcsclite looks up its socket's name only once in a
    /// process, so clients of two daemons cannot exist in one process at the same time.
    explicit PcscClient(const PrivatePcscd& pcscd);
    PcscClient(const PcscClient&) = delete;
    PcscClient& operator=(const PcscClient&) = delete;
    ~PcscClient();

    /// Returns the answer of PC/SC: SCARD_S_SUCCESS, …
    LONG connect(const std::string& reader, DWORD share = SCARD_SHARE_SHARED);
    LONG reconnect(DWORD disposition);
    LONG disconnect(DWORD disposition);
    LONG begin_transaction();
    LONG end_transaction(DWORD disposition = SCARD_LEAVE_CARD);

    struct Answer {
        LONG result = SCARD_S_SUCCESS;
        base::Bytes bytes;

        /// 0 if there is no status word.
        unsigned sw() const;
    };
    Answer transmit(base::BytesView apdu) const;
    /// Stops at the first answer that fails or is not 9000 or 61xx; returns the last answer.
    Answer transmit(const std::vector<base::Bytes>& apdus) const;

    SCARDCONTEXT context() const { return context_; }

  private:
    SCARDCONTEXT context_ = 0;
    SCARDHANDLE card_ = 0;
};

} // namespace sceau::test
