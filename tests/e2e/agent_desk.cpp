#include "tests/e2e/agent_desk.h"

#include "tests/support/test_ca.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

fs::path program(const std::string& name)
{
    return fs::path(SCEAU_BINARY_DIR) / "bin" / name;
}

// The receiving end of the agent's sd_notify(3): a datagram socket on which the agent says that it is ready.
base::UniqueFd notify_socket(const fs::path& path)
{
    base::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    if (::bind(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("no socket to hear the agent on");
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(socket.value(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
}

} // namespace

AgentDesk::AgentDesk() : ca(folder.write("ca.pem", ca_certificate_pem()))
{
    environment = {{"SCEAU_SOCKET", folder.path() / "agent"},
                   {"LC_ALL", "C.UTF-8"},
                   {"TZ", "UTC"},
                   {"TERM", "xterm"},
                   {"NO_COLOR", ""},
                   {"XDG_CONFIG_HOME", settings.path()},
                   {"XDG_STATE_HOME", folder.path() / "state"}};
    fs::create_directories(certificates());
    fs::copy(ca, certificates() / "ca.pem");
}

void AgentDesk::start_agent(const std::string& config, const Environment& variables)
{
    config_ = config;
    variables_ = variables;
    const base::UniqueFd ready = notify_socket(folder.path() / "notify");
    Environment agents = environment;
    agents.insert(variables.begin(), variables.end());
    agents["NOTIFY_SOCKET"] = folder.path() / "notify";
    agents["XDG_RUNTIME_DIR"] = session.path();
    agent_ = std::make_unique<Program>(
        Arguments{program("sceau-agent"), "--config", folder.write("agent.toml", config)}, agents);
    std::array<char, 64> message{};
    if (::recv(ready.value(), message.data(), message.size() - 1, 0) <= 0)
        throw std::runtime_error("the agent does not start");
}

Arguments AgentDesk::command(const std::vector<std::string>& arguments) const
{
    Arguments all = {program("sceau")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

std::unique_ptr<Program> AgentDesk::start_sceau(const std::vector<std::string>& arguments,
                                                const std::string& input) const
{
    return std::make_unique<Program>(command(arguments), environment, input);
}

Ended AgentDesk::sceau(const std::vector<std::string>& arguments, const std::string& input) const
{
    return start_sceau(arguments, input)->wait();
}

void AgentDesk::kill_agent()
{
    agent_->signal(SIGKILL);
    agent_->wait();
}

int AgentDesk::stop_agent(int signal)
{
    agent_->signal(signal);
    return agent_->wait().status;
}

std::string mail_from(const std::string& address)
{
    return "From: " + address +
           "\r\n"
           "To: tresorerie@banque.example\r\n"
           "Subject: =?utf-8?Q?Virement_=C3=A0_faire_avant_vendredi?=\r\n"
           "MIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=\"parts\"\r\n"
           "\r\n"
           "--parts\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: 8bit\r\n"
           "\r\n"
           "Bonjour, merci de virer 48 000 € à l'association.\r\n"
           "--parts\r\n"
           "Content-Type: application/pdf; name=\"ordre.pdf\"\r\n"
           "Content-Disposition: attachment; filename=\"ordre.pdf\"\r\n"
           "Content-Transfer-Encoding: base64\r\n"
           "\r\n"
           "JVBERi0xLjQKJSBvcmRyZSBkZSB2aXJlbWVudAo=\r\n"
           "--parts--\r\n";
}

} // namespace sceau::test
