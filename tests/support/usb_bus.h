// The USB bus that the sandbox's pcscd sees: umockdev's devices in place of the machine's. Only for pcscd-sandbox, and
// only where umockdev's library is preloaded, here and in pcscd.
#pragma once

#include <memory>
#include <string>

struct _UMockdevTestbed;

namespace sceau::test {

class UsbBus {
  public:
    /// Empty at first. Whoever is to see it is started after this.
    UsbBus();
    ~UsbBus();

    UsbBus(const UsbBus&) = delete;
    UsbBus& operator=(const UsbBus&) = delete;

    /// A virtual token at that place, 1 to 9: /dev/bus/usb/001/NNN.
    void plug(int place);
    /// Says that it goes; whoever listens still looks at what it was, until it is taken away.
    void announce_removal(int place);
    void take_away(int place);

  private:
    _UMockdevTestbed* testbed_;
};

/// Of the tokens, for the driver's Info.plist: hex digits.
inline constexpr const char* kUsbVendor = "1d6b";
inline constexpr const char* kUsbProduct = "5cea";

/// "001", as in /dev/bus/usb/001/001.
inline std::string usb_number(int place)
{
    return "00" + std::to_string(place);
}

} // namespace sceau::test
