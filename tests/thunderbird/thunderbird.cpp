#include "tests/thunderbird/thunderbird.h"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace sceau::test {

namespace fs = std::filesystem;
using base::UniqueFd;
using nlohmann::json;

namespace {

constexpr int kPatienceMs = 240'000; // more than the session's own

UniqueFd listen_on(const fs::path& path)
{
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket.value(), 1) != 0)
        throw std::runtime_error("no socket for the session");
    return socket;
}

bool readable(const UniqueFd& socket)
{
    pollfd watched{.fd = socket.value(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, kPatienceMs) == 1;
}

Arguments session_command(const Arguments& arguments)
{
    Arguments command = {"/usr/bin/unshare", "--mount", "--net"};
    if (::geteuid() != 0)
        command.emplace_back("--map-root-user");
    command.insert(command.end(),
                   {"/usr/bin/python3", std::string(SCEAU_SOURCE_DIR) + "/tests/thunderbird/session.py"});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

} // namespace

Thunderbird::Thunderbird(const ModuleDesk& desk, const std::string& person, const fs::path& module)
    : desk_(desk), folder_(desk.file("thunderbird-" + module.stem().string()))
{
    fs::create_directories(folder_);
    fs::remove(folder_ / "session");
    const UniqueFd listener = listen_on(folder_ / "session");
    Environment environment = desk.environment;
    environment["PYTHONDONTWRITEBYTECODE"] = "1";
    session_ = std::make_unique<Program>(session_command({folder_, module, desk.ca, person}), environment);
    if (readable(listener))
        orders_ = UniqueFd(::accept4(listener.value(), nullptr, nullptr, SOCK_CLOEXEC));
    answer();
}

json Thunderbird::order(const json& words) const
{
    const std::string line = words.dump() + "\n";
    if (::send(orders_.value(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("the session takes no orders");
    return answer();
}

json Thunderbird::answer() const
{
    std::string line;
    std::array<char, 4096> buffer{};
    while (!line.ends_with('\n')) {
        const ssize_t count = readable(orders_) ? ::read(orders_.value(), buffer.data(), buffer.size()) : 0;
        if (count <= 0) {
            session_->signal(SIGKILL);
            throw std::runtime_error("the session does not answer: " + session_->wait().err);
        }
        line.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const json reply = json::parse(line);
    if (const auto error = reply.find("error"); error != reply.end())
        throw std::runtime_error(error->get<std::string>());
    return reply.at("value");
}

std::vector<std::string> Thunderbird::certificates() const
{
    return order({"certificates"});
}

std::vector<std::string> Thunderbird::choose_certificate() const
{
    std::vector<std::string> offered = order({"chooseCertificate"});
    take_picture("settings");
    order({"closeSettings"});
    shown(); // the picker
    return offered;
}

std::vector<std::string> Thunderbird::modules() const
{
    std::vector<std::string> modules = order({"openDevices"});
    take_picture("devices");
    order({"closeDevices"});
    shown();
    return modules;
}

void Thunderbird::compose(const Letter& letter) const
{
    json attached = json::array();
    for (const std::string& name : letter.attachments)
        attached.push_back({{"name", name}, {"path", desk_.folder.write("attached", "what is in " + name)}});
    order({"compose", {{"subject", letter.subject}, {"text", letter.text}, {"attached", attached}}});
    take_picture("compose");
}

std::string Thunderbird::send() const
{
    const json path = order({"send"});
    return path.is_null() ? "" : desk_.folder.read(path.get<std::string>());
}

Letter Thunderbird::composed() const
{
    const json letter = order({"composed"});
    return {.subject = letter.at("subject"), .text = letter.at("text"), .attachments = letter.at("attachments")};
}

Opened Thunderbird::open(const std::string& mail, const std::string& picture) const
{
    order({"receive", desk_.folder.write("received.eml", mail)});
    const json opened = order({"read"});
    take_picture(picture);
    order({"closePanel"});
    return {.icon = opened.at("icon"),
            .signature = opened.at("signature"),
            .why = opened.at("why"),
            .encryption = opened.at("encryption"),
            .text = opened.at("text")};
}

void Thunderbird::wait_until_indexed() const
{
    order({"indexed"});
}

std::vector<std::string> Thunderbird::shown() const
{
    return order({"shown"});
}

double Thunderbird::start_seconds() const
{
    return order({"start_seconds"});
}

void Thunderbird::take_picture(const std::string& name) const
{
    const char* const folder = std::getenv("SCEAU_PICTURES");
    if (folder != nullptr)
        fs::copy_file(order({"picture", name}).get<std::string>(), fs::path(folder) / (name + ".png"),
                      fs::copy_options::overwrite_existing);
}

} // namespace sceau::test
