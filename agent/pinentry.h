// One PIN dialog of GnuPG's pinentry: a child process that is spoken to in the Assuan line protocol (pinentry's manual,
// "Pinentry protocol"). The PIN passes only through locked memory.
#pragma once

#include "agent/prompt.h"
#include "agent/wait.h"
#include "base/secret.h"
#include "base/unique_fd.h"

#include <asio/any_io_executor.hpp>
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace sceau::agent {

/// Where pinentry may open on a terminal. Empty texts are not sent; a graphical session is found by the agent's or the
/// user manager's environment (dialog_environment.h), never by a client's.
struct PromptPlace {
    std::string tty;
    std::string term;
    std::string locale;
};

class Pinentry {
  public:
    /// Starts the program, which ends with this one (sceau_dialog.cpp), and waits for its greeting. `unsupported` where
    /// it cannot be started.
    static asio::awaitable<base::Result<Pinentry>> start(const std::filesystem::path& program, const PromptPlace& place,
                                                         Clock::time_point deadline);

    Pinentry(Pinentry&&) noexcept;
    Pinentry& operator=(Pinentry&&) = delete;
    /// Closes the dialog if it is open; the process is given a moment to restore the terminal and is then ended.
    ~Pinentry();

    /// What the next dialog says. Errors as with ask().
    asio::awaitable<base::Result<>> set_text(const PromptText& text, Clock::time_point deadline);

    /// The PIN as it was typed, perhaps empty. `cancelled` (also when the caller's coroutine is), `timed_out` at the
    /// deadline, `unsupported` where no dialog can be opened or another program traces it, `invalid_parameter` for a
    /// PIN over the Secret's capacity.
    asio::awaitable<base::Result<base::Secret>> ask(Clock::time_point deadline);

    /// Shows the text with one button until it is pressed or the dialog closed otherwise. Errors as with ask(), save
    /// `cancelled`, which the caller's coroutine only causes.
    asio::awaitable<base::Result<>> tell(Clock::time_point deadline);

    /// The last ask() ended because the person said no.
    bool cancelled_by_person() const { return cancelled_by_person_; }

  private:
    Pinentry(pid_t pid, base::UniqueFd to, base::UniqueFd from, base::Secret buffer, asio::any_io_executor executor);

    asio::awaitable<base::Result<>> set_place(const PromptPlace& place, Clock::time_point deadline);
    /// Sends a command and waits for its OK, collecting a PIN on the way.
    asio::awaitable<base::Result<>> command(std::string_view line, base::Secret* pin, Clock::time_point deadline);
    asio::awaitable<base::Result<>> answer(base::Secret* pin, Clock::time_point deadline);
    base::Result<> send(std::string_view line);

    pid_t pid_ = -1;
    base::UniqueFd to_;
    base::UniqueFd from_;
    base::Secret buffer_; // what was read and is no whole line yet
    asio::any_io_executor executor_;
    bool dialog_open_ = false;
    bool cancelled_by_person_ = false;
};

/// One command line of at most 1000 bytes (longer ones end pinentry): the argument percent-escaped (%, CR, LF) and cut
/// on a character's boundary.
std::string assuan_line(std::string_view command, std::string_view argument);

} // namespace sceau::agent
