// sceau-agent runs in the foreground, serves its socket and ends cleanly on SIGTERM, SIGINT, SIGQUIT and SIGHUP.

#include "agent/log.h"
#include "agent/service.h"
#include "agent/tokens/worker_store.h"
#include "base/confinement.h"
#include "base/environment.h"
#include "base/file_access.h"
#include "base/installation.h"

#include <CLI/CLI.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>

namespace {

using namespace sceau;

struct Options {
    std::string socket;
    std::string config;
};

// Neither a core dump nor another process of the same user may read the data that passes through here.
void refuse_inspection()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef SCEAU_SANITIZED // leak detection inspects the process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

// The variables that the agent, its dialogs and its workers need from the environment, and those that the user manager
// sets for the agent.
constexpr std::array<std::string_view, 28> kVariables{"HOME",
                                                      "USER",
                                                      "LOGNAME",
                                                      "PATH",
                                                      "LANG",
                                                      "LANGUAGE",
                                                      "LC_*",
                                                      "TZ",
                                                      "TERM",
                                                      "DISPLAY",
                                                      "WAYLAND_DISPLAY",
                                                      "XAUTHORITY",
                                                      "XDG_RUNTIME_DIR",
                                                      "XDG_CONFIG_HOME",
                                                      "XDG_STATE_HOME",
                                                      "XDG_SESSION_TYPE",
                                                      "XDG_CURRENT_DESKTOP",
                                                      "DBUS_SESSION_BUS_ADDRESS",
                                                      "SCEAU_SOCKET",
                                                      "NOTIFY_SOCKET",
                                                      "LISTEN_PID",
                                                      "LISTEN_FDS",
                                                      "LISTEN_FDNAMES",
                                                      "WATCHDOG_PID",
                                                      "WATCHDOG_USEC",
                                                      "SYSTEMD_EXEC_PID",
                                                      "INVOCATION_ID",
                                                      "JOURNAL_STREAM"};

// Many variables of a session's environment load code into every program or redirect it to other files (LD_PRELOAD,
// OPENSSL_CONF, GCONV_PATH), some before main(). If the environment has more than the agent needs, the agent executes
// itself again with only what it needs. Returns false when that fails.
bool start_again_in_a_clean_environment(char** arguments)
{
    const base::Variables own = base::own_environment();
    base::Variables clean = base::chosen(own, kVariables);
    if (clean.size() == own.size())
        return true;
    ::execve("/proc/self/exe", arguments, base::pointers_to(clean).data());
    return false;
}

void confine_itself()
{
    if (!base::give_up_privileges(base::StartsPrograms::yes))
        agent::log("the kernel does not take the agent's privileges away (no_new_privs, seccomp)");
    // The agent itself is not restricted: it could no longer inspect the program that asks (/proc/PID/exe).
    if (!base::can_restrict_files())
        agent::log("the kernel does not keep a token's module from the person's files (Landlock)");
    base::start_openssl_without_configuration();
    alignas(4096) static std::array<char, 4096> page;
    if (::mlock(page.data(), page.size()) != 0)
        agent::log("no memory can be locked here (RLIMIT_MEMLOCK): a PIN may be written to swap");
    else
        ::munlock(page.data(), page.size());
}

struct Endpoint {
    ipc::Listener listener;
    std::string name;
};

base::Result<Endpoint> open_endpoint(const Options& options)
{
    TRY_ASSIGN(auto activated, ipc::Listener::activated());
    if (activated)
        return Endpoint{.listener = std::move(*activated), .name = "the socket that systemd gave"};
    std::filesystem::path path = options.socket;
    if (path.empty()) {
        TRY_ASSIGN(path, base::socket_path());
    }
    TRY_ASSIGN(auto listener, ipc::Listener::open(path));
    return Endpoint{.listener = std::move(listener), .name = path.string()};
}

// Clients that wait at systemd's socket are told why there is no agent; otherwise they would only see the connection
// close.
void refuse_waiting_clients(const std::string& why)
{
    constexpr std::chrono::seconds kPatience{1};
    auto activated = ipc::Listener::activated();
    if (!activated || !*activated)
        return;
    asio::io_context context(1);
    std::optional<ipc::Server> server;
    const auto refuse = [&](const ipc::Peer&, ipc::Request,
                            ipc::ReplyStream&) -> asio::awaitable<base::Result<ipc::Reply>> {
        asio::post(context, [&] { server->stop(); });
        co_return std::unexpected(base::unsupported(why));
    };
    server.emplace(std::move(**activated), refuse);
    asio::steady_timer patience(context, kPatience); // no client waits if a token started the agent
    patience.async_wait([&](const asio::error_code&) { server->stop(); });
    asio::co_spawn(context, server->run(), [&](const std::exception_ptr&) { context.stop(); });
    context.run();
}

base::Result<> run(const Options& options)
{
    auto loaded = agent::load_config(agent::kAdministratorsConfig,
                                     options.config.empty() ? agent::default_user_config()
                                                            : std::filesystem::path(options.config),
                                     !options.config.empty(), 0, base::prefix_configuration("agent.toml"));
    if (!loaded) {
        refuse_waiting_clients("the agent's configuration is wrong: " + loaded.error().message);
        return std::unexpected(std::move(loaded).error());
    }
    agent::Config config = *std::move(loaded);
    config.issuers = {.folders = mail::cms::certificate_folders(), .system = true};
    if (config.modules.empty())
        agent::log("no PKCS#11 module is configured and OpenSC is not installed: there will be no tokens");
    auto tokens = std::make_unique<agent::WorkerStore>(config.modules, config.after_signature);
    TRY_ASSIGN(const auto service, agent::Service::create(std::move(config), std::move(tokens)));
    TRY_ASSIGN(Endpoint endpoint, open_endpoint(options));
    service->look_at_journal();

    asio::io_context context(1);
    ipc::Server server(std::move(endpoint.listener),
                       [&](const ipc::Peer& peer, ipc::Request request, ipc::ReplyStream& stream) {
                           return service->handle(peer, std::move(request), stream);
                       });
    // A terminal that closes sends SIGHUP. The agent does not reload its configuration; it must be restarted.
    asio::signal_set signals(context, SIGTERM, SIGINT, SIGQUIT);
    signals.add(SIGHUP);
    signals.async_wait([&](const asio::error_code& error, int) {
        if (error)
            return;
        ::sd_notify(0, "STOPPING=1");
        server.stop();
    });
    asio::co_spawn(context, server.run(), [&](const std::exception_ptr&) { context.stop(); });
    asio::co_spawn(context, service->follow_tokens(), asio::detached);
    ::sd_notify(0, "READY=1");
    agent::log("ready on {}", endpoint.name);
    context.run();
    agent::log("stopped");
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    refuse_inspection();
    if (!start_again_in_a_clean_environment(argv)) {
        agent::log("cannot start again without the session's environment: {}", std::strerror(errno));
        return EX_OSERR;
    }
    ::prctl(PR_SET_NAME, "sceau-agent"); // after execve() through /proc/self/exe the name would be "exe"
    Options options;
    CLI::App app("Signs with keys that stay on smartcards and USB tokens; asks the person for the PIN each time.",
                 "sceau-agent");
    app.add_option("--socket", options.socket, "Listen here in place of $XDG_RUNTIME_DIR/sceau/agent")
        ->type_name("PATH");
    app.add_option("--config", options.config, "Read this file in place of ~/.config/sceau/agent.toml")
        ->type_name("FILE");
    app.set_version_flag("--version", "sceau-agent " SCEAU_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EX_OK : EX_USAGE;
    }
    confine_itself();
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    if (const auto ran = run(options); !ran) {
        agent::log("{}", ran.error().message);
        return ran.error().code == base::ErrorCode::invalid_parameter ? EX_CONFIG : EX_UNAVAILABLE;
    }
    return EX_OK;
}
