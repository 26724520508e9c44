// sceau-agent: stays in the foreground, serves its socket, ends cleanly on SIGTERM and SIGINT.

#include "agent/log.h"
#include "agent/service.h"
#include "agent/worker_store.h"
#include "base/installation.h"

#include <CLI/CLI.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

#include <csignal>

namespace {

using namespace sceau;

struct Options {
    std::string socket;
    std::string config;
};

// A core dump or another process of the same user must not read what passes through here.
void refuse_inspection()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef SCEAU_SANITIZED // leak detection inspects the process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
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

base::Result<> run(const Options& options)
{
    TRY_ASSIGN(agent::Config config, agent::load_config(agent::kAdministratorsConfig,
                                                        options.config.empty() ? agent::default_user_config()
                                                                               : std::filesystem::path(options.config),
                                                        !options.config.empty()));
    if (config.modules.empty())
        agent::log("no PKCS#11 module is configured and OpenSC is not installed: there will be no tokens");
    auto tokens = std::make_unique<agent::WorkerStore>(config.modules, config.after_signature);
    TRY_ASSIGN(const auto service, agent::Service::create(std::move(config), std::move(tokens)));
    TRY_ASSIGN(Endpoint endpoint, open_endpoint(options));

    asio::io_context context(1);
    ipc::Server server(std::move(endpoint.listener),
                       [&](const ipc::Peer& peer, ipc::Request request, ipc::ReplyStream& stream) {
                           return service->handle(peer, std::move(request), stream);
                       });
    asio::signal_set signals(context, SIGTERM, SIGINT);
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
    refuse_inspection();
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    if (const auto ran = run(options); !ran) {
        agent::log("{}", ran.error().message);
        return ran.error().code == base::ErrorCode::invalid_parameter ? EX_CONFIG : EX_UNAVAILABLE;
    }
    return EX_OK;
}
