// hostile-clients WHAT CONNECTIONS FILE [KEY] does what its user must not suffer from, until it is killed
// (crowd_desk.h). It creates FILE when each connection has asked.
#include "ipc/client.h"
#include "tests/support/descriptor_passing.h"
#include "tests/support/lingering_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace sceau;

namespace {

constexpr std::size_t kLargest = (std::size_t{1} << 20) - 1000; // bytes of a frame
constexpr std::size_t kModulus = 256;                           // bytes

struct Attack {
    std::string what;
    std::optional<base::KeyId> key;
    std::function<void()> has_asked;
};

/// Sends whenever there is room, until the connection is lost.
void flood(const ipc::Client& client, std::string_view bytes, const Attack& attack)
{
    pollfd room{.fd = client.fd(), .events = POLLOUT, .revents = 0};
    while (::poll(&room, 1, -1) == 1 && (room.revents & (POLLHUP | POLLERR)) == 0)
        if (::send(client.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
            attack.has_asked();
}

void sign(ipc::Client& client, const Attack& attack)
{
    const ipc::Sign::Parameters request{.key = *attack.key,
                                        .scheme = base::Scheme::rsa_pkcs1_sha256,
                                        .digest = base::Bytes(32, 1),
                                        .evidence = {},
                                        .terminal = {}};
    attack.has_asked();
    while (client.is_usable())
        static_cast<void>(client.call<ipc::Sign>(request));
}

void decrypt(ipc::Client& client, const Attack& attack)
{
    const ipc::Decrypt::Parameters request{.key = *attack.key,
                                           .scheme = base::DecryptionScheme::rsa_pkcs1,
                                           .ciphertext = base::Bytes(kModulus, 1),
                                           .terminal = {}};
    attack.has_asked();
    while (client.is_usable())
        static_cast<void>(client.call<ipc::Decrypt>(request));
}

void list(ipc::Client& client, const Attack& attack)
{
    while (client.call<ipc::ListKeys>())
        attack.has_asked();
}

void send_large_frames(ipc::Client& client, const Attack& attack)
{
    flood(client,
          ipc::encode_call<ipc::ListKeys>({.email = std::string(kLargest, 'a'), .usage = {}}, ipc::Mode::single) +
              std::string(1, '\0'),
          attack);
}

void watch(ipc::Client& client, const Attack& attack)
{
    flood(client, ipc::encode_call<ipc::Watch>({}, ipc::Mode::more) + std::string(1, '\0'), attack);
}

void connect(ipc::Client& client, const Attack& attack)
{
    static_cast<void>(::send(client.fd(), "{", 1, MSG_NOSIGNAL));
    attack.has_asked();
}

void send_lingering_socket(ipc::Client& client, const Attack& attack)
{
    test::LingeringSocket sent;
    test::send_packet(client.fd(), "{", sent.socket.value());
    sent.socket.reset(); // so that the last close() is the agent's
    attack.has_asked();
    for (;;)
        ::pause();
}

[[noreturn]] void go_on_for_ever(const Attack& attack)
{
    static const std::map<std::string, void (*)(ipc::Client&, const Attack&)> kWays = {
        {"sign", sign},       {"locked", sign},
        {"decrypt", decrypt}, {"list", list},
        {"watch", watch},     {"large", send_large_frames},
        {"connect", connect}, {"linger", send_lingering_socket}};
    for (;;)
        if (auto client = ipc::Client::connect())
            kWays.at(attack.what)(*client, attack);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 4)
        return EXIT_FAILURE;
    const int connections = std::atoi(argv[2]);
    std::atomic<int> asked = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < connections; ++i)
        threads.emplace_back([&] {
            Attack attack{.what = argv[1], .key = {}, .has_asked = {}};
            if (argc == 5)
                attack.key = *base::KeyId::parse(argv[4]);
            attack.has_asked = [&, first = std::make_shared<bool>(true)] {
                if (std::exchange(*first, false) && ++asked == connections)
                    std::ofstream(argv[3]) << "\n";
            };
            go_on_for_ever(attack);
        });
    for (std::thread& thread : threads)
        thread.join();
}
