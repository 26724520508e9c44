// One PIN dialog of GnuPG's pinentry: a child process that is spoken to in the Assuan line protocol (pinentry's manual,
// "Pinentry protocol"). The PIN passes only through locked memory.
#pragma once

#include "agent/person/prompt.h"
#include "agent/person/prompt_place.h"
#include "agent/wait.h"
#include "base/secret.h"
#include "base/unique_fd.h"

#include <asio/any_io_executor.hpp>
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace sceau::agent {

class Pinentry {
  public:
    /// Starts the program, which ends with this one (sceau_dialog.cpp), and tells it what its dialog says; a second
    /// time where that fails. `unsupported` where it fails again. Errors as with ask().
    static asio::awaitable<base::Result<Pinentry>> start(const std::filesystem::path& program, const PromptPlace& place,
                                                         const PromptText& text, Clock::time_point deadline);

    Pinentry(Pinentry&&) noexcept;
    Pinentry& operator=(Pinentry&&) = delete;
    /// Closes the dialog if it is open; the process is given a moment to restore the terminal and is then ended.
    ~Pinentry();

    /// The PIN as it was typed, perhaps empty. `cancelled` (also when the caller's coroutine is), `timed_out` at the
    /// deadline, `unsupported` where no dialog can be opened or another program traces it, `invalid_parameter` for a
    /// PIN over the Secret's capacity.
    asio::awaitable<base::Result<base::Secret>> ask(Clock::time_point deadline);

    /// Shows the text with one button until it is pressed or the dialog closed otherwise. Errors as with ask(), save
    /// `cancelled`, which the caller's coroutine only causes.
    asio::awaitable<base::Result<>> tell(Clock::time_point deadline);

    /// Shows the text with both buttons: `cancelled` at the second. Errors as with ask().
    asio::awaitable<base::Result<>> confirm(Clock::time_point deadline);

    /// The last ask() or confirm() ended because the person said no.
    bool cancelled_by_person() const { return cancelled_by_person_; }

  private:
    Pinentry(pid_t pid, base::UniqueFd to, base::UniqueFd from, base::Secret buffer, asio::any_io_executor executor);

    static asio::awaitable<base::Result<Pinentry>> start_once(const std::filesystem::path& program,
                                                              const PromptPlace& place, const PromptText& text,
                                                              Clock::time_point deadline);
    asio::awaitable<base::Result<>> learn_flavor(Clock::time_point deadline);
    asio::awaitable<base::Result<>> set_place(const PromptPlace& place, const std::string& locale,
                                              Clock::time_point deadline);
    asio::awaitable<base::Result<>> set_text(const PromptText& full, Clock::time_point deadline);
    PromptText fitting(PromptText text) const;
    /// Sends a command and waits for its OK, collecting a PIN on the way.
    asio::awaitable<base::Result<>> command(std::string_view line, base::Secret* pin, Clock::time_point deadline);
    asio::awaitable<base::Result<>> answer(base::Secret* pin, Clock::time_point deadline);
    void send(std::string_view line);
    bool has_ended() const { return pid_ < 0; }
    /// It closed its end: says in the log how it ended.
    asio::awaitable<std::unexpected<base::Error>> ended();

    pid_t pid_ = -1;
    base::UniqueFd to_;
    base::UniqueFd from_;
    base::Secret buffer_; // what was read and is no whole line yet
    asio::any_io_executor executor_;
    std::string flavor_; // "gtk2", as it says itself
    std::string advice_; // what to do where no dialog opens (no_dialog.h)
    bool dialog_open_ = false;
    bool cancelled_by_person_ = false;
};

} // namespace sceau::agent
