#include "tests/support/typing_hook.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace sceau::test {

namespace {

/// The pipe is opened for both directions, so it neither waits for another end nor ends when that closes.
base::UniqueFd named_pipe(const std::filesystem::path& path)
{
    if (::mkfifo(path.c_str(), 0600) != 0)
        throw std::runtime_error("no pipe to hear the dialog on");
    return base::UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
}

} // namespace

TypingHook::TypingHook(const PinentryScript& person, std::function<void()> typed)
    : typed_(std::move(typed)),
      typing_(named_pipe(person.folder() / "typed")),
      seen_(named_pipe(person.folder() / "seen")),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); })
{
}

TypingHook::~TypingHook()
{
    ::eventfd_write(stop_.value(), 1);
    thread_.join();
}

void TypingHook::run()
{
    for (;;) {
        std::array<pollfd, 2> events = {pollfd{.fd = stop_.value(), .events = POLLIN, .revents = 0},
                                        pollfd{.fd = typing_.value(), .events = POLLIN, .revents = 0}};
        ::poll(events.data(), events.size(), -1);
        if (events[0].revents != 0)
            return;
        char line = 0;
        if (::read(typing_.value(), &line, 1) != 1 || line != '\n')
            continue;
        typed_();
        if (::write(seen_.value(), "\n", 1) != 1)
            return;
    }
}

} // namespace sceau::test
