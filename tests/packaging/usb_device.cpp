#include "tests/packaging/usb_device.h"

#include <fmt/format.h>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDevice = "devices/pci0000:00/0000:00:14.0/usb1/1-2";
constexpr const char* kNumber = "189:4"; // the number of the node /dev/bus/usb/001/005

constexpr char low(std::uint16_t number)
{
    return static_cast<char>(number & 0xff);
}

constexpr char high(std::uint16_t number)
{
    return static_cast<char>(number >> 8);
}

// USB 2.0 §9.6: the device, one configuration, and each interface with one interrupt endpoint.
std::string descriptors_of(const UsbDevice& device)
{
    std::string interfaces;
    for (std::size_t i = 0; i < device.interfaces.size(); ++i) {
        const auto& [interface_class, subclass, protocol] = device.interfaces[i];
        interfaces += {9,
                       4,
                       static_cast<char>(i),
                       0,
                       1,
                       static_cast<char>(interface_class),
                       static_cast<char>(subclass),
                       static_cast<char>(protocol),
                       0};
        interfaces += {7, 5, static_cast<char>(0x81 + i), 3, 8, 0, 16};
    }
    std::string text = {
        18, 1, 0, 2, 0, 0, 0, 16, low(device.vendor), high(device.vendor), low(device.product), high(device.product),
        0,  1, 0, 0, 0, 1};
    text += {9,
             2,
             low(static_cast<std::uint16_t>(9 + interfaces.size())),
             0,
             static_cast<char>(device.interfaces.size()),
             1,
             0,
             static_cast<char>(0x80),
             50};
    return text + interfaces;
}

} // namespace

DescribedMachine::DescribedMachine(const UsbDevice& device)
{
    const fs::path own = sys() / kDevice;
    for (const fs::path& directory :
         {own / "power", sys() / "bus/usb/devices", sys() / "class", sys() / "dev/char", sys() / "fs/cgroup"})
        fs::create_directories(directory);
    fs::create_directory_symlink(fs::path("../../../../../bus/usb"), own / "subsystem");
    fs::create_directory_symlink(fs::path("../..") / kDevice, sys() / "dev/char" / kNumber);
    fs::create_directory_symlink(fs::path("../../..") / kDevice, sys() / "bus/usb/devices/1-2");
    const auto attribute = [&](const std::string& name, const std::string& value) {
        folder_.write((fs::path(kDevice) / name).string(), value);
    };
    attribute("uevent", fmt::format("DEVTYPE=usb_device\nMAJOR=189\nMINOR=4\nDEVNAME=bus/usb/001/005\n"
                                    "PRODUCT={:x}/{:x}/100\n",
                                    device.vendor, device.product));
    attribute("idVendor", fmt::format("{:04x}\n", device.vendor));
    attribute("idProduct", fmt::format("{:04x}\n", device.product));
    attribute("bcdDevice", "0100\n");
    attribute("descriptors", descriptors_of(device));
    attribute("power/control", "on\n");
}

std::string DescribedMachine::device() const
{
    return std::string("/sys/") + kDevice;
}

std::string DescribedMachine::power_control() const
{
    std::string text = folder_.read((fs::path(kDevice) / "power/control").string());
    return text.substr(0, text.find('\n'));
}

} // namespace sceau::test
