#include "clients/lib/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace sceau::client {

namespace {

constexpr std::chrono::milliseconds kTimeForTheDialog{2000};
constexpr std::chrono::milliseconds kLookAgain{20};

// "/dev/tty" itself means another terminal to the agent. The number is a device number as the kernel encodes it for
// programs (new_encode_dev in its kdev_t.h).
std::string name_of_terminal(unsigned number)
{
    const dev_t device = makedev(number >> 8 & 0xfff, (number & 0xff) | (number >> 12 & 0xfff00));
    for (const char* folder : {"/dev/pts", "/dev"}) {
        std::error_code error;
        for (std::filesystem::directory_iterator each(folder, error), end; !error && each != end;
             each.increment(error)) {
            struct stat file{};
            if (::lstat(each->path().c_str(), &file) == 0 && S_ISCHR(file.st_mode) && file.st_rdev == device)
                return each->path();
        }
    }
    return {};
}

} // namespace

std::optional<ipc::Terminal> own_terminal()
{
    // The standard descriptors may all be redirected, as in a filter of git's or of a mail program's.
    const base::UniqueFd controlling(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    unsigned number = 0;
    if (!controlling || ::ioctl(controlling.value(), TIOCGDEV, &number) != 0)
        return std::nullopt;
    const std::string name = name_of_terminal(number);
    if (name.empty())
        return std::nullopt;
    const char* term = std::getenv("TERM");
    return ipc::Terminal{.tty = name, .term = term != nullptr ? term : ""};
}

TerminalSettings::TerminalSettings(const std::optional<ipc::Terminal>& terminal)
{
    if (!terminal)
        return;
    tty_ = base::UniqueFd(::open(terminal->tty.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    // A process in the background must not change the terminal.
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
