// Runs the rules and the hwdb in the real udev, together with the rules of systemd and libccid, on described devices.

#include "tests/packaging/installation.h"
#include "tests/packaging/usb_device.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <regex>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

constexpr UsbInterface kSmartcard{.interface_class = 0x0b};
constexpr UsbInterface kKeyboard{.interface_class = 3, .subclass = 1, .protocol = 1};
constexpr UsbInterface kVendorSpecific{.interface_class = 0xff};
constexpr UsbInterface kStorage{.interface_class = 8, .subclass = 6, .protocol = 0x50};

fs::path on_machine()
{
    return fs::path(SCEAU_SOURCE_DIR) / "tests/packaging/on-machine";
}

// Returns udev's outcome when the device is plugged in; its power/control changes as in reality.
std::string outcome(const Installation& installation, const DescribedMachine& machine,
                    const std::string& action = "add")
{
    return run(
        {on_machine(), machine.sys(), installation.root(), "udevadm", "test", "--action=" + action, machine.device()});
}

std::string outcome(const UsbDevice& device, const std::string& action = "add")
{
    return outcome(Installation::for_package(), DescribedMachine(device), action);
}

// The values of a property are separated by spaces or colons.
bool has(const std::string& outcome, const std::string& property, const std::string& value)
{
    const std::regex line("(^|\n)" + property + "=([^\n]*[ :])?" + value + "([ :][^\n]*)?(\n|$)");
    return std::regex_search(outcome, line);
}

bool is_the_persons(const std::string& outcome)
{
    return has(outcome, "CURRENT_TAGS", "uaccess") && outcome.find("\nrun: 'uaccess'") != std::string::npos;
}

bool starts_the_agent(const std::string& outcome)
{
    return has(outcome, "CURRENT_TAGS", "systemd") && has(outcome, "SYSTEMD_USER_WANTS", "sceau-agent.service");
}

} // namespace

TEST_CASE("a reader with USB's smartcard class is the person's at the seat and starts the agent")
{
    const std::string udev = outcome({.vendor = 0x076b, .product = 0x3031, .interfaces = {kSmartcard}});
    CHECK(is_the_persons(udev));
    CHECK(starts_the_agent(udev));
    CHECK(has(udev, "SYSTEMD_USER_WANTS", "smartcard.target"));
}

TEST_CASE("a token that is a keyboard too is the person's at the seat and starts the agent")
{
    const std::string udev = outcome({.vendor = 0x1050, .product = 0x0407, .interfaces = {kKeyboard, kSmartcard}});
    CHECK(is_the_persons(udev));
    CHECK(starts_the_agent(udev));
}

TEST_CASE("a token without the smartcard class is known by its number")
{
    const std::string udev = outcome({.vendor = 0x0529, .product = 0x0600, .interfaces = {kVendorSpecific}});
    CHECK(is_the_persons(udev));
    CHECK(starts_the_agent(udev));
    CHECK(has(udev, "ID_SMARTCARD_READER", "1"));
}

TEST_CASE("keyboards, disks and unknown devices are left alone")
{
    const UsbDevice device = GENERATE(UsbDevice{.vendor = 0x046d, .product = 0xc31c, .interfaces = {kKeyboard}},
                                      UsbDevice{.vendor = 0x0781, .product = 0x5567, .interfaces = {kStorage}},
                                      UsbDevice{.vendor = 0x0529, .product = 0x0001, .interfaces = {kVendorSpecific}});
    const std::string udev = outcome(device);
    CHECK(has(udev, "ID_BUS", "usb"));
    CHECK_FALSE(is_the_persons(udev));
    CHECK_FALSE(starts_the_agent(udev));
}

TEST_CASE("a token that is pulled out starts nothing")
{
    CHECK_FALSE(starts_the_agent(outcome({.vendor = 0x076b, .product = 0x3031, .interfaces = {kSmartcard}}, "remove")));
}

TEST_CASE("udev understands every line of the rules")
{
    const std::string udev = outcome({.vendor = 0x076b, .product = 0x3031, .interfaces = {kSmartcard}});
    CHECK_THAT(udev, Catch::Contains("Reading rules file: /run/udev/rules.d/70-sceau.rules"));
    CHECK_THAT(udev, !Catch::Contains("70-sceau.rules:"));
}

TEST_CASE("a device's power is what libccid's rules make of it")
{
    const auto [device, power] = GENERATE(table<UsbDevice, std::string>({
        {{.vendor = 0x076b, .product = 0x3031, .interfaces = {kSmartcard}}, "auto"},
        {{.vendor = 0x058f, .product = 0x9520, .interfaces = {kSmartcard}}, "on"}, // loses its card in suspend
        {{.vendor = 0x1050, .product = 0x0407, .interfaces = {kKeyboard, kSmartcard}}, "on"},
        {{.vendor = 0x0529, .product = 0x0600, .interfaces = {kVendorSpecific}}, "on"},
    }));
    const DescribedMachine machine(device);
    const std::string udev = outcome(Installation::for_package(), machine);
    CHECK(starts_the_agent(udev));
    CHECK(machine.power_control() == power);
}

TEST_CASE("every number in the hwdb is found there")
{
    const Installation installation = Installation::for_package();
    const std::string hwdb = text_of(installation.root() / "usr/lib/udev/hwdb.d/70-sceau.hwdb");
    run({"systemd-hwdb", "--root=" + installation.root().string(), "update"});
    const std::regex number("\n(usb:v[0-9A-F]{4}p[0-9A-F]{4})\\*(?=\n)");
    int found_numbers = 0;
    for (std::sregex_iterator found(hwdb.begin(), hwdb.end(), number), end; found != end; ++found, ++found_numbers)
        CHECK(run({"systemd-hwdb", "--root=" + installation.root().string(), "query",
                   (*found)[1].str() + ":A token"}) == "ID_SMARTCARD_READER=1\n");
    CHECK(found_numbers == std::ranges::count(hwdb, '*'));
    CHECK(found_numbers > 20);
}

TEST_CASE("the rules come after the hwdb is read and before tags become rights")
{
    const std::string rules = "70-sceau.rules";
    CHECK(fs::exists(fs::path(SCEAU_SOURCE_DIR) / "udev" / rules));
    CHECK("50-udev-default.rules" < rules);
    CHECK(rules < "70-uaccess.rules");
    CHECK(rules < "73-seat-late.rules");
}
