#include "tests/support/private_pcscd.h"

#include "tests/support/descriptor_passing.h"
#include "tests/support/usb_bus.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kVpcd = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
constexpr int kPort = 35963; // vpcd's own port and the following ones; nothing else runs in the sandbox

struct Pair {
    base::UniqueFd ours;
    base::UniqueFd theirs;
};

Pair packet_pair()
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("socketpair");
    return {.ours = base::UniqueFd(ends[0]), .theirs = base::UniqueFd(ends[1])};
}

fs::path built(const std::string& name)
{
    return fs::path(SCEAU_BINARY_DIR) / "tests" / name;
}

/// The sandbox gets the two as its descriptors 3 and 4.
pid_t spawn_sandbox(const fs::path& folder, int orders, int connections)
{
    const std::string program = built("pcscd-sandbox");
    std::array<char*, 3> arguments = {const_cast<char*>(program.c_str()), const_cast<char*>(folder.c_str()), nullptr};
    std::string preload = "LD_PRELOAD=libumockdev-preload.so.0";
    std::vector<char*> environment = {preload.data()};
    for (char** variable = environ; *variable != nullptr; ++variable)
        environment.push_back(*variable);
    environment.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // Duplicates to high numbers first: one of the two may be 3 or 4 itself.
    posix_spawn_file_actions_adddup2(&actions, orders, 103);
    posix_spawn_file_actions_adddup2(&actions, connections, 104);
    posix_spawn_file_actions_adddup2(&actions, 103, 3);
    posix_spawn_file_actions_adddup2(&actions, 104, 4);
    posix_spawn_file_actions_addclosefrom_np(&actions, 5);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::runtime_error("pcscd-sandbox cannot be started");
    return pid;
}

/// Apple's "property list", in which pcscd finds the driver for a USB device.
std::string property_list(const std::string& library, const std::string& reader_name)
{
    const auto key = [](const std::string& name, const std::string& value) {
        return "<key>" + name + "</key>\n<array><string>" + value + "</string></array>\n";
    };
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
           "version=\"1.0\">\n<dict>\n<key>CFBundleExecutable</key>\n<string>" +
           library + "</string>\n<key>ifdCapabilities</key>\n<string>0</string>\n" +
           key("ifdVendorID", std::string("0x") + kUsbVendor) + key("ifdProductID", std::string("0x") + kUsbProduct) +
           key("ifdFriendlyName", reader_name) + "</dict>\n</plist>\n";
}

} // namespace

PrivatePcscd::PrivatePcscd(std::vector<VirtualCard*> cards, Start start_when, std::string reader_name)
    : cards_(std::move(cards)), reader_name_(std::move(reader_name))
{
    write_driver();
    start_sandbox();
    try {
        for (const VirtualCard* card : cards_)
            order("plug " + std::to_string(place(*card)));
        if (start_when == Start::now)
            start();
    } catch (...) {
        stop_sandbox();
        throw;
    }
}

PrivatePcscd::~PrivatePcscd()
{
    ::shutdown(connections_.value(), SHUT_RDWR); // nobody waits for a connection any more
    for (VirtualCard* card : cards_)
        card->detach();
    stop_sandbox();
}

void PrivatePcscd::write_driver() const
{
    const fs::path contents = folder() / "drivers/virtual-token.bundle/Contents";
    const std::string library = "virtual-reader.so";
    fs::create_directories(contents / "Linux");
    fs::create_directory(folder() / "no-readers"); // a folder for readers that are not USB; it stays empty
    fs::copy_file(built(library), contents / "Linux" / library);
    folder_.write(fs::relative(contents / "Info.plist", folder()), property_list(library, reader_name_));
    for (const VirtualCard* card : cards_)
        fs::copy_file(kVpcd, folder() / ("vpcd-" + usb_number(place(*card)) + ".so"));
}

void PrivatePcscd::start_sandbox()
{
    Pair orders = packet_pair();
    Pair connections = packet_pair();
    sandbox_ = spawn_sandbox(folder(), orders.theirs.value(), connections.theirs.value());
    orders_ = std::move(orders.ours);
    connections_ = std::move(connections.ours);
    orders.theirs.reset();
    const auto greeting = receive_packet(orders_.value());
    if (greeting && greeting->text == "ok")
        return;
    stop_sandbox();
    throw std::runtime_error("pcscd's sandbox: " + (greeting ? greeting->text : "ended at once"));
}

/// The sandbox ends, and the daemon with it, when no more orders can come.
void PrivatePcscd::stop_sandbox()
{
    orders_.reset();
    connections_.reset();
    ::waitpid(sandbox_, nullptr, 0);
}

void PrivatePcscd::start()
{
    daemon_ = std::stoi(order("start"));
    for (VirtualCard* card : cards_)
        if (!is_unplugged(*card))
            attach(*card);
}

void PrivatePcscd::stop(int signal)
{
    order("stop " + std::to_string(signal));
    daemon_ = -1;
    for (VirtualCard* card : cards_)
        card->detach();
}

void PrivatePcscd::plug(VirtualCard& card)
{
    fs::remove(unplugged_file(card));
    order("plug " + std::to_string(place(card)));
    if (daemon_ > 0)
        attach(card);
}

void PrivatePcscd::unplug(VirtualCard& card)
{
    folder_.write(unplugged_file(card).filename(), "");
    card.detach();
    order("unplug " + std::to_string(place(card)));
}

void PrivatePcscd::attach(VirtualCard& card)
{
    card.attach([this, port = kPort + place(card)] { return connect(port); });
    if (card.is_inserted())
        wait_until_present(card);
}

void PrivatePcscd::wait_until_present(const VirtualCard& card) const
{
    order("await present " + std::to_string(place(card)));
}

void PrivatePcscd::wait_until_absent(const VirtualCard& card) const
{
    order("await absent " + std::to_string(place(card)));
}

std::string PrivatePcscd::reader(const VirtualCard& card) const
{
    return order("reader " + std::to_string(place(card)));
}

std::map<std::string, std::string> PrivatePcscd::environment() const
{
    return {{"PCSCLITE_CSOCK_NAME", folder() / "pcscd.comm"}};
}

pkcs11::Module PrivatePcscd::opensc_module() const
{
    return {.path = kOpenscModule, .environment = environment()};
}

int PrivatePcscd::place(const VirtualCard& card) const
{
    return static_cast<int>(std::ranges::find(cards_, &card) - cards_.begin()) + 1;
}

/// The driver looks for this file.
fs::path PrivatePcscd::unplugged_file(const VirtualCard& card) const
{
    return folder() / ("unplugged-" + usb_number(place(card)));
}

bool PrivatePcscd::is_unplugged(const VirtualCard& card) const
{
    return fs::exists(unplugged_file(card));
}

/// Returns what follows "ok" in the answer.
std::string PrivatePcscd::order(const std::string& text) const
{
    const std::lock_guard lock(orders_mutex_);
    send_packet(orders_.value(), text);
    const auto answer = receive_packet(orders_.value());
    if (!answer || !answer->text.starts_with("ok "))
        throw std::runtime_error("pcscd's sandbox: " + text + ": " + (answer ? answer->text : "it has ended"));
    return answer->text.substr(3);
}

base::UniqueFd PrivatePcscd::connect(int port) const
{
    const std::lock_guard lock(connections_mutex_);
    send_packet(connections_.value(), std::to_string(port));
    auto answer = receive_packet(connections_.value());
    return answer ? std::move(answer->descriptor) : base::UniqueFd();
}

} // namespace sceau::test
