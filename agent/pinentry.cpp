#include "agent/pinentry.h"

#include "agent/dialog_environment.h"
#include "base/display_text.h"
#include "base/environment.h"
#include "base/installation.h"
#include "base/pidfd.h"
#include "base/process_inspection.h"

#include <asio/any_io_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

namespace sceau::agent {

using base::Result;
using base::Secret;
using base::UniqueFd;

namespace {

constexpr std::size_t kLongestLine = 1000; // bytes without the LF (facts of libassuan: ASSUAN_LINELENGTH - 2)
constexpr std::chrono::seconds kTimeToLeave{2};

// The lower 16 bits of a gpg-error number are the code (gpg-error.h).
constexpr unsigned kCodeMask = 0xffff;
constexpr unsigned kTimeout = 62;
constexpr unsigned kCanceled = 99;
constexpr unsigned kNotConfirmed = 114;
constexpr unsigned kFullyCanceled = 198;

base::Error error_of(std::string_view arguments)
{
    unsigned number = 0;
    std::from_chars(arguments.data(), arguments.data() + arguments.size(), number);
    switch (number & kCodeMask) {
    case kTimeout:
        return base::timed_out("nobody typed the PIN");
    case kCanceled:
    case kNotConfirmed:
    case kFullyCanceled:
        return base::cancelled("the person cancelled");
    default:
        return base::unsupported("the PIN dialog cannot open here (pinentry: " + base::shown(arguments, 80) +
                                 "): start the agent in the graphical session, or sign from a terminal");
    }
}

// Appends a D line's data with %XX undone. `invalid_parameter` when the PIN is too long for a Secret.
Result<> append_data(std::span<const std::uint8_t> data, Secret& pin)
{
    for (std::size_t i = 0; i < data.size(); ++i) {
        std::uint8_t byte = data[i];
        if (byte == '%' && i + 2 < data.size()) {
            const int high = base::hex_value(static_cast<char>(data[i + 1]));
            const int low = base::hex_value(static_cast<char>(data[i + 2]));
            if (high < 0 || low < 0)
                return std::unexpected(base::unsupported("the PIN dialog sent what is no PIN"));
            byte = static_cast<std::uint8_t>(high << 4 | low);
            i += 2;
        }
        if (!pin.append(byte))
            return std::unexpected(base::invalid_parameter("pin", "longer than any PIN"));
    }
    return {};
}

bool starts_with(std::span<const std::uint8_t> line, std::string_view prefix)
{
    return line.size() >= prefix.size() && std::memcmp(line.data(), prefix.data(), prefix.size()) == 0;
}

struct Child {
    pid_t pid = -1;
    UniqueFd to;
    UniqueFd from;
};

Result<Child> spawn(const std::filesystem::path& program, base::Variables environment)
{
    if (::access(program.c_str(), X_OK) != 0)
        return std::unexpected(
            base::unsupported("the PIN dialog " + program.string() + " cannot be started: " + std::strerror(errno)));
    TRY_ASSIGN(const auto launcher, base::libexec_program("sceau-dialog"));
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0)
        return std::unexpected(base::internal("no pipe to be had"));
    const UniqueFd child_in(in[0]);
    UniqueFd to(in[1]);
    if (::pipe2(out.data(), O_CLOEXEC) != 0)
        return std::unexpected(base::internal("no pipe to be had"));
    UniqueFd from(out[0]);
    const UniqueFd child_out(out[1]);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, child_in.value(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, child_out.value(), 1);
    std::vector<std::string> arguments{launcher.string(), std::to_string(::getpid()), program.string()};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, launcher.c_str(), &actions, nullptr, base::pointers_to(arguments).data(),
                                    base::pointers_to(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return std::unexpected(base::internal("the PIN dialog's launcher " + launcher.string() +
                                              " cannot be started: " + std::strerror(error)));
    return Child{.pid = pid, .to = std::move(to), .from = std::move(from)};
}

// Whether this machine has the locale and it writes what our texts are in.
bool writes_utf8(const std::string& name)
{
    locale_t found = name.empty() ? nullptr : ::newlocale(LC_ALL_MASK, name.c_str(), nullptr);
    if (found == nullptr)
        return false;
    const bool utf8 = std::string_view(::nl_langinfo_l(CODESET, found)) == "UTF-8";
    ::freelocale(found);
    return utf8;
}

// Waits until the process has ended, at the latest by force.
asio::awaitable<void> reap(pid_t pid)
{
    const UniqueFd process(::pidfd_open(pid, 0));
    const auto ended = co_await readable(process.value(), Clock::now() + kTimeToLeave);
    if (!ended)
        ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

} // namespace

std::string assuan_line(std::string_view command, std::string_view argument)
{
    std::string line(command);
    for (std::size_t i = 0; i < argument.size();) {
        std::size_t next = i + 1;
        while (next < argument.size() && (static_cast<unsigned char>(argument[next]) & 0xc0) == 0x80)
            ++next;
        const std::string_view character = argument.substr(i, next - i);
        const std::string_view escaped = character == "%"    ? "%25"
                                         : character == "\n" ? "%0A"
                                         : character == "\r" ? "%0D"
                                                             : character;
        if (line.size() + escaped.size() > kLongestLine)
            break;
        line += escaped;
        i = next;
    }
    return line;
}

Pinentry::Pinentry(pid_t pid, UniqueFd to, UniqueFd from, Secret buffer, asio::any_io_executor executor)
    : pid_(pid), to_(std::move(to)), from_(std::move(from)), buffer_(std::move(buffer)), executor_(std::move(executor))
{
}

Pinentry::Pinentry(Pinentry&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      to_(std::move(other.to_)),
      from_(std::move(other.from_)),
      buffer_(std::move(other.buffer_)),
      executor_(std::move(other.executor_)),
      dialog_open_(other.dialog_open_),
      cancelled_by_person_(other.cancelled_by_person_)
{
}

Pinentry::~Pinentry()
{
    if (pid_ < 0)
        return;
    // An open dialog hears nothing but signals; by SIGTERM it puts the terminal back in order before it goes. One that
    // is done goes by itself at the end of its input.
    if (dialog_open_)
        ::kill(pid_, SIGTERM);
    to_.reset();
    asio::co_spawn(executor_, reap(pid_), asio::detached);
}

asio::awaitable<Result<Pinentry>> Pinentry::start(const std::filesystem::path& program, const PromptPlace& place,
                                                  Clock::time_point deadline)
{
    CO_TRY_ASSIGN(Secret buffer, Secret::create());
    CO_TRY_ASSIGN(auto environment, co_await dialog_environment());
    CO_TRY_ASSIGN(Child child, spawn(program, std::move(environment)));
    Pinentry pinentry(child.pid, std::move(child.to), std::move(child.from), std::move(buffer),
                      co_await asio::this_coro::executor);
    CO_TRY(co_await pinentry.answer(nullptr, deadline));
    CO_TRY(co_await pinentry.set_place(place, deadline));
    co_return pinentry;
}

asio::awaitable<Result<>> Pinentry::set_place(const PromptPlace& place, Clock::time_point deadline)
{
    // In a locale that this machine does not have (a remote terminal's), or without UTF-8 (C, where nobody chose one),
    // pinentry-curses cannot write our texts and does not open. They are in the person's language already.
    const std::string locale = writes_utf8(place.locale) ? place.locale : "C.UTF-8";
    const std::array<std::pair<const char*, const std::string*>, 4> options{{{"OPTION ttyname=", &place.tty},
                                                                             {"OPTION ttytype=", &place.term},
                                                                             {"OPTION lc-ctype=", &locale},
                                                                             {"OPTION lc-messages=", &locale}}};
    // A pinentry need not know every option: it says so, and works without.
    for (const auto& [name, value] : options)
        if (!value->empty())
            if (auto set = co_await command(assuan_line(name, *value), nullptr, deadline);
                !set && set.error().code != base::ErrorCode::unsupported)
                co_return set;
    co_await command("OPTION grab", nullptr, deadline);
    co_return Result<>{};
}

asio::awaitable<Result<>> Pinentry::set_text(const PromptText& text, Clock::time_point deadline)
{
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(deadline - Clock::now()).count();
    const std::array<std::string, 7> lines{
        assuan_line("SETTITLE ", text.title),
        assuan_line("SETDESC ", text.description),
        text.prompt.empty() ? std::string() : assuan_line("SETPROMPT ", text.prompt),
        assuan_line("SETOK ", text.ok),
        text.cancel.empty() ? std::string() : assuan_line("SETCANCEL ", text.cancel),
        text.error.empty() ? std::string() : assuan_line("SETERROR ", text.error),
        assuan_line("SETTIMEOUT ", std::to_string(std::max<std::int64_t>(left, 1))),
    };
    for (const std::string& line : lines)
        if (!line.empty())
            CO_TRY(co_await command(line, nullptr, deadline));
    co_return Result<>{};
}

asio::awaitable<Result<>> Pinentry::tell(Clock::time_point deadline)
{
    dialog_open_ = true;
    const auto told = co_await command("MESSAGE", nullptr, deadline);
    co_return cancelled_by_person_ ? Result<>{} : told;
}

asio::awaitable<Result<Secret>> Pinentry::ask(Clock::time_point deadline)
{
    CO_TRY_ASSIGN(Secret pin, Secret::create());
    if (const auto tracer = base::tracer_of(pid_))
        co_return std::unexpected(base::unsupported("the PIN dialog was not opened: another program, " + *tracer +
                                                    ", watches it and would read the PIN"));
    dialog_open_ = true;
    CO_TRY(co_await command("GETPIN", &pin, deadline));
    if (const auto tracer = base::tracer_of(pid_)) // it came while the dialog was open
        co_return std::unexpected(base::unsupported("the PIN was not used: another program, " + *tracer +
                                                    ", watched the dialog while it was typed; change the PIN"));
    co_return pin;
}

asio::awaitable<Result<>> Pinentry::command(std::string_view line, Secret* pin, Clock::time_point deadline)
{
    CO_TRY(send(line));
    co_return co_await answer(pin, deadline);
}

Result<> Pinentry::send(std::string_view line)
{
    const std::string text = std::string(line) + "\n";
    // Lines are shorter than a pipe's buffer and pinentry answers each: a write never waits.
    if (::write(to_.value(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return std::unexpected(base::unsupported("the PIN dialog ended unexpectedly"));
    return {};
}

asio::awaitable<Result<>> Pinentry::answer(Secret* pin, Clock::time_point deadline)
{
    for (;;) {
        const auto text = buffer_.expose();
        const auto end = std::ranges::find(text, std::uint8_t{'\n'});
        if (end == text.end()) {
            CO_TRY(co_await readable(from_.value(), deadline));
            const auto room = buffer_.storage().subspan(buffer_.size());
            const ssize_t count = room.empty() ? 0 : ::read(from_.value(), room.data(), room.size());
            if (count <= 0)
                co_return std::unexpected(base::unsupported("the PIN dialog ended unexpectedly"));
            buffer_.resize(buffer_.size() + static_cast<std::size_t>(count));
            continue;
        }
        const auto line = text.first(static_cast<std::size_t>(end - text.begin()));
        std::optional<Result<>> outcome;
        if (starts_with(line, "D ") && pin != nullptr) {
            if (auto appended = append_data(line.subspan(2), *pin); !appended)
                outcome = std::move(appended);
        } else if (starts_with(line, "OK")) {
            outcome = Result<>{};
        } else if (starts_with(line, "ERR ")) {
            outcome = std::unexpected(error_of(base::as_text(line.subspan(4))));
            cancelled_by_person_ = outcome->error().code == base::ErrorCode::cancelled;
        } else if (starts_with(line, "INQUIRE")) {
            CO_TRY(send("END")); // it asks how good the PIN is: nothing to say
        }
        const std::size_t rest = text.size() - line.size() - 1;
        std::memmove(buffer_.storage().data(), text.data() + line.size() + 1, rest);
        buffer_.resize(rest);
        if (!outcome)
            continue;
        dialog_open_ = false;
        co_return *std::move(outcome);
    }
}

} // namespace sceau::agent
