#include "clients/lib/terminal.h"

#include "base/language.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace sceau::client {

namespace {

constexpr std::chrono::milliseconds kTimeForTheDialog{2000};
constexpr std::chrono::milliseconds kLookAgain{20};

} // namespace

std::optional<ipc::Terminal> own_terminal()
{
    for (const int fd : {STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO}) {
        std::array<char, 256> name{};
        // "/dev/tty" is another terminal for the agent than for us.
        if (::ttyname_r(fd, name.data(), name.size()) != 0 || std::strcmp(name.data(), "/dev/tty") == 0)
            continue;
        const char* term = std::getenv("TERM");
        std::optional<std::string> locale;
        if (std::string own = base::own_locale(); !own.empty())
            locale = std::move(own);
        return ipc::Terminal{.tty = name.data(), .term = term != nullptr ? term : "", .locale = std::move(locale)};
    }
    return std::nullopt;
}

TerminalSettings::TerminalSettings(const std::optional<ipc::Terminal>& terminal)
{
    if (!terminal)
        return;
    tty_ = base::UniqueFd(::open(terminal->tty.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    // In the background the terminal is not ours to change.
    if (tty_ && (::tcgetpgrp(tty_.value()) != ::getpgrp() || ::tcgetattr(tty_.value(), &found_) != 0))
        tty_.reset();
}

bool TerminalSettings::as_found() const
{
    termios now{};
    return ::tcgetattr(tty_.value(), &now) != 0 ||
           (now.c_iflag == found_.c_iflag && now.c_oflag == found_.c_oflag && now.c_lflag == found_.c_lflag);
}

TerminalSettings::~TerminalSettings()
{
    if (!tty_)
        return;
    for (auto waited = kLookAgain; !as_found() && waited < kTimeForTheDialog; waited += kLookAgain)
        std::this_thread::sleep_for(kLookAgain);
    if (!as_found())
        ::tcsetattr(tty_.value(), TCSANOW, &found_);
}

} // namespace sceau::client
