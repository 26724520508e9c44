#include "tests/support/usb_bus.h"

#include <fmt/core.h>
#include <umockdev.h>

namespace sceau::test {

namespace {

std::string device_path(int place)
{
    return fmt::format("/sys/devices/1-{}", place);
}

std::string interface_path(int place)
{
    return fmt::format("{0}/1-{1}:1.0", device_path(place), place);
}

} // namespace

UsbBus::UsbBus() : testbed_(umockdev_testbed_new()) {}

UsbBus::~UsbBus()
{
    g_object_unref(testbed_);
}

void UsbBus::plug(int place)
{
    const std::string node = "/dev/bus/usb/001/" + usb_number(place);
    g_free(umockdev_testbed_add_device(testbed_, "usb", fmt::format("1-{}", place).c_str(), nullptr,
                                       // attributes
                                       "idVendor", kUsbVendor, "idProduct", kUsbProduct, nullptr,
                                       // properties
                                       "DEVTYPE", "usb_device", "DEVNAME", node.c_str(), nullptr));
    g_free(umockdev_testbed_add_device(testbed_, "usb", fmt::format("1-{}:1.0", place).c_str(),
                                       device_path(place).c_str(),
                                       // attributes
                                       "bInterfaceNumber", "00", nullptr,
                                       // properties
                                       "DEVTYPE", "usb_interface", nullptr));
}

void UsbBus::announce_removal(int place)
{
    umockdev_testbed_uevent(testbed_, interface_path(place).c_str(), "remove");
    umockdev_testbed_uevent(testbed_, device_path(place).c_str(), "remove");
}

void UsbBus::take_away(int place)
{
    umockdev_testbed_remove_device(testbed_, interface_path(place).c_str());
    umockdev_testbed_remove_device(testbed_, device_path(place).c_str());
}

} // namespace sceau::test
