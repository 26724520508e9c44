#include "agent/person/dialog_environment.h"

#include "base/language.h"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string_view>

namespace sceau::agent {

using base::Result;

namespace {

using base::Variables;

constexpr std::chrono::seconds kPatience{1};
constexpr std::array<std::string_view, 6> kOfTheSession{
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "DBUS_SESSION_BUS_ADDRESS"};
// A window also needs the folder of its socket and the person's variables.
constexpr std::array<std::string_view, 5> kOfThePerson{"XDG_RUNTIME_DIR", "HOME", "USER", "LOGNAME", "TERM"};

// The variable is inherited by children, so only its value is proof ($SYSTEMD_EXEC_PID in systemd.exec(5)).
bool started_by_a_manager()
{
    const char* pid = std::getenv("SYSTEMD_EXEC_PID");
    return pid != nullptr && pid == std::to_string(::getpid());
}

struct BusCloser {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};

struct Answer {
    bool is_there = false;
    std::optional<Variables> variables; // empty after an error
};

int take_answer(sd_bus_message* reply, void* into, sd_bus_error* /*error*/)
{
    auto& answer = *static_cast<Answer*>(into);
    answer.is_there = true;
    char** list = nullptr;
    if (sd_bus_message_is_method_error(reply, nullptr) > 0 || sd_bus_message_enter_container(reply, 'v', "as") < 0 ||
        sd_bus_message_read_strv(reply, &list) < 0)
        return 0;
    answer.variables.emplace();
    for (char** variable = list; variable != nullptr && *variable != nullptr; ++variable) {
        answer.variables->emplace_back(*variable);
        std::free(*variable);
    }
    std::free(static_cast<void*>(list));
    return 0;
}

// Returns nothing when the manager's environment is unavailable.
asio::awaitable<Result<std::optional<Variables>>> managers_environment()
{
    const auto deadline = Clock::now() + kPatience;
    Answer answer; // outlives the bus, which writes to it
    sd_bus* opened = nullptr;
    if (sd_bus_open_user(&opened) < 0)
        co_return std::nullopt;
    const std::unique_ptr<sd_bus, BusCloser> bus(opened);
    if (sd_bus_call_method_async(bus.get(), nullptr, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                 "org.freedesktop.DBus.Properties", "Get", take_answer, &answer, "ss",
                                 "org.freedesktop.systemd1.Manager", "Environment") < 0)
        co_return std::nullopt;
    while (!answer.is_there) {
        const int done = sd_bus_process(bus.get(), nullptr);
        if (done < 0)
            co_return std::nullopt;
        if (done > 0)
            continue;
        auto waited = co_await readable(sd_bus_get_fd(bus.get()), deadline);
        if (!waited && waited.error().code == base::ErrorCode::timed_out)
            co_return std::nullopt;
        CO_TRY(std::move(waited));
    }
    co_return std::move(answer.variables);
}

// Returns the manager's current environment, or the agent's own.
asio::awaitable<Result<Variables>> session_environment()
{
    std::optional<Variables> managers;
    if (started_by_a_manager()) {
        CO_TRY_ASSIGN(managers, co_await managers_environment());
    }
    co_return managers ? *std::move(managers) : base::own_environment();
}

} // namespace

asio::awaitable<Result<Variables>> dialog_environment(bool in_session)
{
    Variables dialogs = base::chosen(base::own_environment(), kOfThePerson);
    dialogs.emplace_back(base::kPath);
    if (!in_session)
        co_return dialogs;
    CO_TRY_ASSIGN(const Variables session, co_await session_environment());
    std::ranges::move(base::chosen(session, kOfTheSession), std::back_inserter(dialogs));
    co_return dialogs;
}

asio::awaitable<Result<std::string>> session_locale()
{
    CO_TRY_ASSIGN(const Variables session, co_await session_environment());
    co_return base::locale_of(session);
}

} // namespace sceau::agent
