// One PIN dialog: GnuPG's pinentry as a child process that speaks the Assuan line protocol (pinentry's manual,
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
#include <vector>

namespace sceau::agent {

/// Returns the texts of the dialogs to be shown one after the other: each page, then the text without pages, all in a
/// form that this flavour can draw.
std::vector<PromptText> dialogs_of(PromptText text, const std::string& flavor);

/// Returns the lines of the protocol that set a dialog's texts; pinentry gives up after `seconds`.
std::vector<std::string> lines_of(const PromptText& dialog, std::int64_t seconds);

class Pinentry {
  public:
    /// Starts the program, which ends with this one (sceau_dialog.cpp), and sends it the texts of its dialog. If that
    /// fails, it tries a second time, then fails with `unsupported`. The other errors are those of ask().
    static asio::awaitable<base::Result<Pinentry>> start(const std::filesystem::path& program, const PromptPlace& place,
                                                         const PromptText& text, Clock::time_point deadline);

    Pinentry(Pinentry&&) noexcept;
    Pinentry& operator=(Pinentry&&) = delete;
    /// Closes an open dialog. The process has a moment to restore the terminal before it is killed.
    ~Pinentry();

    /// Shows the text's pages one after the other, each with two buttons. Fails as confirm() does.
    asio::awaitable<base::Result<>> confirm_pages(Clock::time_point deadline);

    /// Shows the pages, then asks. Returns the PIN as typed, perhaps empty. Fails with `cancelled` (also when the
    /// caller's coroutine is cancelled), `timed_out` at the deadline, `unsupported` if no dialog can be opened,
    /// `not_permitted` if another program traces pinentry, and `invalid_parameter` for a PIN over the Secret's
    /// capacity.
    asio::awaitable<base::Result<base::Secret>> ask(Clock::time_point deadline);

    /// Shows the text with one button until the person presses it or closes the dialog. Fails as ask() does, except
    /// that `cancelled` means only that the caller's coroutine was cancelled.
    asio::awaitable<base::Result<>> tell(Clock::time_point deadline);

    /// Shows the text with two buttons and returns `cancelled` for the second. Fails as ask() does.
    asio::awaitable<base::Result<>> confirm(Clock::time_point deadline);

    /// Whether the last dialog ended because the person said no.
    bool cancelled_by_person() const { return cancelled_by_person_; }

  private:
    Pinentry(pid_t pid, base::UniqueFd to, base::UniqueFd from, base::Secret buffer, asio::any_io_executor executor);

    static asio::awaitable<base::Result<Pinentry>> start_once(const std::filesystem::path& program,
                                                              const PromptPlace& place, const PromptText& text,
                                                              Clock::time_point deadline);
    asio::awaitable<base::Result<>> learn_flavor(Clock::time_point deadline);
    asio::awaitable<base::Result<>> set_place(const PromptPlace& place, const std::string& locale,
                                              Clock::time_point deadline);
    asio::awaitable<base::Result<>> set_text(const PromptText& text, Clock::time_point deadline);
    /// Sends a command and waits for its OK. Stores a PIN that arrives before it.
    asio::awaitable<base::Result<>> command(std::string_view line, base::Secret* pin, Clock::time_point deadline);
    asio::awaitable<base::Result<>> answer(base::Secret* pin, Clock::time_point deadline);
    void send(std::string_view line);
    bool has_ended() const { return pid_ < 0; }
    /// Logs how pinentry ended after it has closed its end.
    asio::awaitable<std::unexpected<base::Error>> ended();

    pid_t pid_ = -1;
    base::UniqueFd to_;
    base::UniqueFd from_;
    base::Secret buffer_; // bytes read that are not a whole line yet
    asio::any_io_executor executor_;
    std::vector<PromptText> dialogs_; // the pages that were not shown yet, and the last dialog
    std::string flavor_;              // what pinentry calls itself: "gtk2"
    std::string advice_;              // what to do if no dialog opens (no_dialog.h)
    bool dialog_open_ = false;
    bool cancelled_by_person_ = false;
};

} // namespace sceau::agent
