#include "agent/person/pinentry.h"

#include "agent/log.h"
#include "agent/person/assuan.h"
#include "agent/person/dialog_environment.h"
#include "agent/person/dialog_process.h"
#include "agent/person/no_dialog.h"
#include "agent/person/terminal_type.h"
#include "base/process_inspection.h"

#include <asio/any_io_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <regex>

namespace sceau::agent {

using base::Result;
using base::Secret;
using base::UniqueFd;

namespace {

bool starts_with(std::span<const std::uint8_t> line, std::string_view prefix)
{
    return line.size() >= prefix.size() && std::memcmp(line.data(), prefix.data(), prefix.size()) == 0;
}

// Whether this machine has the locale and its encoding is that of Sceau's texts.
bool writes_utf8(const std::string& name)
{
    locale_t found = name.empty() ? nullptr : ::newlocale(LC_ALL_MASK, name.c_str(), nullptr);
    if (found == nullptr)
        return false;
    const bool utf8 = std::string_view(::nl_langinfo_l(CODESET, found)) == "UTF-8";
    ::freelocale(found);
    return utf8;
}

asio::awaitable<void> let_go(pid_t pid)
{
    co_await end_of_dialog(pid);
}

} // namespace

// pinentry-fltk shows only four lines and 16 columns of the prompt for a PIN, although all of a question, and reads
// what follows an @ as a picture's name.
std::vector<PromptText> dialogs_of(PromptText text, const std::string& flavor)
{
    const bool is_fltk = flavor == "fltk";
    std::vector<PromptText> dialogs;
    std::vector<std::string> pages = std::exchange(text.pages, {});
    if (is_fltk && pages.empty() && text.has_content && text.error.empty())
        pages = {text.description};
    dialogs.reserve(pages.size() + 1);
    for (std::string& page : pages)
        dialogs.push_back({.title = text.title,
                           .description = std::move(page),
                           .prompt = {},
                           .error = {},
                           .ok = text.next,
                           .cancel = text.cancel});
    if (is_fltk && !text.brief.empty()) {
        text.description = text.brief;
        text.prompt = text.brief_prompt;
    }
    dialogs.push_back(std::move(text));
    for (PromptText& dialog : dialogs)
        if (dialog.description.ends_with('\n')) // pinentry-curses would draw an empty line, for which there is no room
            dialog.description.pop_back();
    // pinentry-gtk-2 wraps lines of about 50 letters at their blanks, and what goes on without "> " could be taken for
    // a field.
    if (flavor == "gtk2")
        for (PromptText& dialog : dialogs)
            dialog.description = std::regex_replace(dialog.description, std::regex(" "), "\u00A0");
    if (is_fltk)
        for (PromptText& dialog : dialogs)
            for (std::string* each : {&dialog.description, &dialog.prompt, &dialog.error})
                *each = std::regex_replace(*each, std::regex("@"), "@@");
    return dialogs;
}

std::vector<std::string> lines_of(const PromptText& dialog, std::int64_t seconds)
{
    std::vector<std::string> lines{assuan_line("SETTITLE ", dialog.title), assuan_line("SETDESC ", dialog.description)};
    if (!dialog.prompt.empty())
        lines.push_back(assuan_line("SETPROMPT ", dialog.prompt));
    lines.push_back(assuan_line("SETOK ", dialog.ok));
    if (!dialog.cancel.empty())
        lines.push_back(assuan_line("SETCANCEL ", dialog.cancel));
    if (!dialog.error.empty())
        lines.push_back(assuan_line("SETERROR ", dialog.error));
    lines.push_back(assuan_line("SETTIMEOUT ", std::to_string(std::max<std::int64_t>(seconds, 1))));
    return lines;
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
      dialogs_(std::move(other.dialogs_)),
      flavor_(std::move(other.flavor_)),
      advice_(std::move(other.advice_)),
      dialog_open_(other.dialog_open_),
      cancelled_by_person_(other.cancelled_by_person_)
{
}

Pinentry::~Pinentry()
{
    if (pid_ < 0)
        return;
    // While its dialog is open, pinentry reacts to signals only; on SIGTERM it restores the terminal before it exits.
    // When the dialog is closed, it exits at the end of its input.
    if (dialog_open_)
        ::kill(pid_, SIGTERM);
    to_.reset();
    asio::co_spawn(executor_, let_go(pid_), asio::detached);
}

asio::awaitable<Result<Pinentry>> Pinentry::start(const std::filesystem::path& program, const PromptPlace& place,
                                                  const PromptText& text, Clock::time_point deadline)
{
    auto pinentry = co_await start_once(program, place, text, deadline);
    if (pinentry || pinentry.error().code != base::ErrorCode::unsupported)
        co_return pinentry;
    co_return co_await start_once(program, second_place(place), text, deadline);
}

asio::awaitable<Result<Pinentry>> Pinentry::start_once(const std::filesystem::path& program, const PromptPlace& place,
                                                       const PromptText& text, Clock::time_point deadline)
{
    CO_TRY_ASSIGN(Secret buffer, Secret::create());
    CO_TRY_ASSIGN(auto environment, co_await dialog_environment(place.in_session));
    // pinentry-curses cannot write the texts, and does not open, in a locale that this machine does not have (that of a
    // remote terminal) or without UTF-8 (C, where nobody chose a locale). The texts are already in the person's
    // language.
    const std::string locale = writes_utf8(place.locale) ? place.locale : "C.UTF-8";
    environment.emplace_back("LC_ALL=" + locale);
    CO_TRY_ASSIGN(DialogProcess child, start_dialog(program, environment));
    Pinentry pinentry(child.pid, std::move(child.to), std::move(child.from), std::move(buffer),
                      co_await asio::this_coro::executor);
    pinentry.advice_ = advice_on_dialog({}, place, environment);
    CO_TRY(co_await pinentry.answer(nullptr, deadline));
    CO_TRY(co_await pinentry.learn_flavor(deadline));
    pinentry.advice_ = advice_on_dialog(pinentry.flavor_, place, environment);
    CO_TRY(co_await pinentry.set_place(place, locale, deadline));
    pinentry.dialogs_ = dialogs_of(text, pinentry.flavor_);
    CO_TRY(co_await pinentry.set_text(pinentry.dialogs_.front(), deadline));
    co_return pinentry;
}

asio::awaitable<Result<>> Pinentry::learn_flavor(Clock::time_point deadline)
{
    CO_TRY_ASSIGN(Secret flavor, Secret::create());
    const auto told = co_await command("GETINFO flavor", &flavor, deadline);
    if (!told && (has_ended() || told.error().code != base::ErrorCode::unsupported))
        co_return told;
    flavor_ = base::as_text(flavor.expose());
    co_return Result<>{};
}

asio::awaitable<Result<>> Pinentry::set_place(const PromptPlace& place, const std::string& locale,
                                              Clock::time_point deadline)
{
    const std::string term = place.tty.empty() ? "" : known_terminal_type(place.term, terminfo_folders());
    const std::array<std::pair<const char*, const std::string*>, 4> options{{{"OPTION ttyname=", &place.tty},
                                                                             {"OPTION ttytype=", &term},
                                                                             {"OPTION lc-ctype=", &locale},
                                                                             {"OPTION lc-messages=", &locale}}};
    // A pinentry may not know every option. It then returns an error and works without it.
    for (const auto& [name, value] : options)
        if (!value->empty())
            if (auto set = co_await command(assuan_line(name, *value), nullptr, deadline);
                !set && (has_ended() || set.error().code != base::ErrorCode::unsupported))
                co_return set;
    const auto grab = co_await command("OPTION grab", nullptr, deadline);
    co_return has_ended() ? grab : Result<>{};
}

asio::awaitable<Result<>> Pinentry::set_text(const PromptText& text, Clock::time_point deadline)
{
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(deadline - Clock::now()).count();
    for (const std::string& line : lines_of(text, left))
        CO_TRY(co_await command(line, nullptr, deadline));
    co_return Result<>{};
}

asio::awaitable<Result<>> Pinentry::confirm_pages(Clock::time_point deadline)
{
    while (dialogs_.size() > 1) {
        CO_TRY(co_await confirm(deadline));
        dialogs_.erase(dialogs_.begin());
        CO_TRY(co_await set_text(dialogs_.front(), deadline));
    }
    co_return Result<>{};
}

asio::awaitable<Result<>> Pinentry::tell(Clock::time_point deadline)
{
    dialog_open_ = true;
    const auto told = co_await command("MESSAGE", nullptr, deadline);
    co_return cancelled_by_person_ ? Result<>{} : told;
}

asio::awaitable<Result<>> Pinentry::confirm(Clock::time_point deadline)
{
    dialog_open_ = true;
    co_return co_await command("CONFIRM", nullptr, deadline);
}

asio::awaitable<Result<Secret>> Pinentry::ask(Clock::time_point deadline)
{
    CO_TRY(co_await confirm_pages(deadline));
    CO_TRY_ASSIGN(Secret pin, Secret::create());
    if (const auto tracer = base::tracer_of(pid_))
        co_return std::unexpected(base::not_permitted("the PIN dialog was not opened: another program, " + *tracer +
                                                      ", watches it and would read the PIN"));
    dialog_open_ = true;
    CO_TRY(co_await command("GETPIN", &pin, deadline));
    if (const auto tracer = base::tracer_of(pid_)) // the tracer came while the dialog was open
        co_return std::unexpected(base::not_permitted("the PIN was not used: another program, " + *tracer +
                                                      ", watched the dialog while it was typed; change the PIN"));
    co_return pin;
}

asio::awaitable<Result<>> Pinentry::command(std::string_view line, Secret* pin, Clock::time_point deadline)
{
    send(line);
    co_return co_await answer(pin, deadline);
}

void Pinentry::send(std::string_view line)
{
    const std::string text = std::string(line) + "\n";
    // Lines are shorter than a pipe's buffer and pinentry answers each, so a write never waits. If pinentry has ended,
    // the read of its answer shows it.
    [[maybe_unused]] const ssize_t written = ::write(to_.value(), text.data(), text.size());
}

asio::awaitable<std::unexpected<base::Error>> Pinentry::ended()
{
    dialog_open_ = false;
    std::string how = "before";
    if (!has_ended())
        how = told_end(co_await end_of_dialog(std::exchange(pid_, -1)));
    log("the PIN dialog ended unexpectedly: {}", how);
    co_return std::unexpected(base::unsupported("the PIN dialog ended unexpectedly (" + how + ")" + advice_));
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
                co_return co_await ended();
            buffer_.resize(buffer_.size() + static_cast<std::size_t>(count));
            continue;
        }
        const auto line = text.first(static_cast<std::size_t>(end - text.begin()));
        std::optional<Result<>> outcome;
        if (starts_with(line, "D ") && pin != nullptr) {
            if (auto appended = append_assuan_data(line.subspan(2), *pin); !appended)
                outcome = std::move(appended);
        } else if (starts_with(line, "OK")) {
            outcome = Result<>{};
        } else if (starts_with(line, "ERR ")) {
            base::Error error = assuan_error(base::as_text(line.subspan(4)));
            cancelled_by_person_ = error.code == base::ErrorCode::cancelled;
            if (error.code == base::ErrorCode::unsupported)
                error.message += advice_;
            outcome = std::unexpected(std::move(error));
        } else if (starts_with(line, "INQUIRE")) {
            send("END"); // pinentry asks for the quality of the PIN; there is nothing to say
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
