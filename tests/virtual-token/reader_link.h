// The card's end of vsmartcard's protocol: a 16-bit big-endian length, followed by that many bytes. A message of one
// byte from the reader is a control; any other message is a command APDU.
#pragma once

#include "base/bytes.h"
#include "base/unique_fd.h"

#include <optional>

namespace sceau::test {

namespace control {
inline constexpr std::uint8_t kPowerOff = 0;
inline constexpr std::uint8_t kPowerOn = 1;
inline constexpr std::uint8_t kReset = 2;
inline constexpr std::uint8_t kAtr =
    4; // the only control that is answered; sent repeatedly to see whether a card is there
} // namespace control

class ReaderLink {
  public:
    explicit ReaderLink(base::UniqueFd socket);

    /// Blocks. Returns nothing once the reader has gone or shut_down() was called.
    std::optional<base::Bytes> receive() const;
    /// Sends 1 to 65535 bytes. An empty message would mean to the reader that the card has gone.
    void send(base::BytesView message) const;
    /// Ends a receive() on another thread.
    void shut_down() const;

  private:
    base::UniqueFd socket_;
};

} // namespace sceau::test
