// The USB bus that the sandbox's pcscd sees: umockdev's devices instead of the machine's. Only for pcscd-sandbox, and
// only where umockdev's library is preloaded, both here and in pcscd.
#pragma once

#include <memory>
#include <string>

struct _UMockdevTestbed;

namespace sceau::test {

class UsbBus {
  public:
    /// The bus is empty at first. Programs that are to see it must be started after this.
    UsbBus();
    ~UsbBus();

    UsbBus(const UsbBus&) = delete;
    UsbBus& operator=(const UsbBus&) = delete;

    /// Plugs a virtual token into this place, 1 to 9: /dev/bus/usb/001/NNN.
    void plug(int place);
    /// Announces the removal. Listeners can still look at the device until it is taken away.
    void announce_removal(int place);
    void take_away(int place);

  private:
    _UMockdevTestbed* testbed_;
};

/// The tokens' numbers, in hex digits, for the driver's Info.plist.
inline constexpr const char* kUsbVendor = "1d6b";
inline constexpr const char* kUsbProduct = "5cea";

/// For example "001", as in /dev/bus/usb/001/001.
inline std::string usb_number(int place)
{
    return "00" + std::to_string(place);
}

} // namespace sceau::test
