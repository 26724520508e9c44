// A USB device as the kernel shows it, described for udev (tests/packaging/on-machine).
#pragma once

#include "tests/support/temporary_folder.h"

#include <cstdint>
#include <vector>

namespace sceau::test {

struct UsbInterface {
    std::uint8_t interface_class = 0;
    std::uint8_t subclass = 0;
    std::uint8_t protocol = 0;
};

struct UsbDevice {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::vector<UsbInterface> interfaces;
};

/// A /sys that contains one such device and a place for the control groups.
class DescribedMachine {
  public:
    explicit DescribedMachine(const UsbDevice& device);

    const std::filesystem::path& sys() const { return folder_.path(); }
    /// Returns the path that udev accepts: /sys/devices/…
    std::string device() const;
    /// Returns the device's power/control, which is "on" at first.
    std::string power_control() const;

  private:
    TemporaryFolder folder_;
};

} // namespace sceau::test
