// Everything that a person is asked for one use of a key: the PIN, the word before the last try, the notice while the
// PIN is typed at the reader. One dialog is open at a time, and programs take turns (agent/wait.h). When a token is
// pulled out, its dialog closes. use_of_key.h decides what is asked when, and what is asked again.
#pragma once

#include "agent/person/caller.h"
#include "agent/person/locked_notices.h"
#include "agent/person/pinentry.h"
#include "agent/person/refused_pins.h"
#include "agent/policy.h"
#include "agent/tokens/directory.h"
#include "ipc/server.h"

#include <functional>
#include <map>
#include <utility>

namespace sceau::agent {

/// Identifies the asker by executable and connection.
Asker asker_of(const ipc::Peer& peer);

/// What the caller wants done with which key, and where the person may be asked.
struct Wish {
    const ipc::Peer& peer;
    base::KeyId key;
    pkcs11::Operation operation;
    const std::optional<ipc::Terminal>& terminal;
    const std::optional<std::string>& locale;
    const mail::cms::SignedAttributes* attributes = nullptr; // of a signature, if known
    const ipc::Shown* shown = nullptr;                       // likewise; none: its content cannot be shown
    Content content = Content::unknown;
    std::vector<std::string> to_confirm = {}; // domains of recipients that the person has to confirm
};

/// What the client is told of what the dialog shows: the level, and the first fields without the text. Nothing if
/// nothing is to be signed.
std::optional<ipc::Shown> shown_in_dialog(const Wish& wish);

/// What a dialog for a wish shows.
struct Prompting {
    const Wish& wish;
    const Key& key; // the key that would be used now
    Caller caller;  // the peer, as a person knows it
    PromptPlace place;
    base::Language language;
};

/// A request that asks the person, now or later, for as long as the object lives. The dialog shows how many there are.
class Enlisted {
  public:
    explicit Enlisted(std::size_t& count) : count_(&count) { ++*count_; }
    Enlisted(Enlisted&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Enlisted& operator=(Enlisted&& other) noexcept
    {
        std::swap(count_, other.count_);
        return *this;
    }
    ~Enlisted()
    {
        if (count_ != nullptr)
            --*count_;
    }

  private:
    std::size_t* count_;
};

class PinEntry {
  public:
    PinEntry(const Config& config, Policy& policy, TokenDirectory& tokens, RefusedPins refused)
        : config_(config), policy_(policy), tokens_(tokens), refused_(std::move(refused)), notices_(dialogs_)
    {
    }

    /// Returns what the person typed as the PIN. Fails with `invalid_parameter` for a PIN that is too long,
    /// `cancelled`, `timed_out`, `unsupported`, `not_permitted`, or `token_absent` when the token is pulled out.
    asio::awaitable<base::Result<base::Secret>> ask(const Prompting& prompting, const pkcs11::PinState& state,
                                                    const PinHistory& history, ipc::ReplyStream& stream);

    /// Returns the reason why the answer of ask() must not be sent to the token, or `none`. `unlikely` is the previous
    /// PIN if the token does not expect its length: a person who types it again means it.
    PinProblem problem_with(const base::Result<base::Secret>& pin, const TokenId& token, const pkcs11::PinState& state,
                            const std::optional<base::Secret>& unlikely) const;

    /// Asks for a word before the last try. Fails with `pin_final_try` when the person does not confirm it, otherwise
    /// as ask() does.
    asio::awaitable<base::Result<>> confirm_last_try(const Prompting& prompting, ipc::ReplyStream& stream);

    /// Asks for a word because a mail goes to these domains. Fails as ask() does.
    asio::awaitable<base::Result<>> confirm_recipients(const Prompting& prompting, ipc::ReplyStream& stream);

    /// Uses the key with a PIN that is typed at the reader, while a notice offers to cancel.
    asio::awaitable<base::Result<base::Bytes>> perform_at_reader(const Prompting& prompting,
                                                                 const pkcs11::PinState& state, KeyUse& use,
                                                                 Clock::time_point deadline);

    /// Asks on the screen for a missing token, once for all requests that wait for it. The notice closes while another
    /// dialog is open. Returns `cancelled` when the person gives up; otherwise it ends only when it is itself
    /// cancelled, since the person may have hidden the notice or have no screen.
    asio::awaitable<base::Result<>> ask_for_token(const Prompting& prompting, Clock::time_point deadline);

    /// Records that the token refused the PIN.
    void note_refused(const TokenId& token, const base::Secret& pin);
    void note_right(const TokenId& token) { refused_.forget(token); }
    void note_pulled(const TokenId& token) { refused_.forget_pin(token); }
    unsigned refused(const TokenId& token) const { return refused_.count(token); }

    /// Has the person told (agent/person/locked_notices.h) and does not wait for it.
    void tell_locked(const Prompting& prompting, const asio::any_io_executor& executor);

    Enlisted enlist() { return Enlisted(enlisted_); }

  private:
    /// Asks for a word until it is typed. `text` makes the dialog's text, for the first time or again after another
    /// word.
    asio::awaitable<base::Result<>> ask_for_word(const Prompting& prompting, std::string_view word,
                                                 std::function<PromptText(bool again)> text, ipc::Progress progress,
                                                 ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Secret>> ask_once(const Prompting& prompting, const PromptText& text,
                                                         Clock::time_point deadline);
    asio::awaitable<base::Result<base::Secret>> ask_at(const Prompting& prompting, const PromptPlace& place,
                                                       const PromptText& text, Clock::time_point deadline);
    /// Waits for the turn to open a dialog. Fails with `not_permitted` if the person has meanwhile cancelled this
    /// program's dialogs too often.
    asio::awaitable<base::Result<Queue::Turn>> turn_for(const ipc::Peer& peer);
    asio::awaitable<base::Result<>> show_until_answered(const Prompting& prompting, const PromptText& text,
                                                        Clock::time_point deadline);
    PromptRequest request_of(const Prompting& prompting, const pkcs11::PinState& state) const;

    const Config& config_;
    Policy& policy_;
    TokenDirectory& tokens_;
    RefusedPins refused_;
    Queue dialogs_;
    LockedNotices notices_;
    std::map<TokenId, Queue> missing_; // the coroutines that ask for a token on the screen
    std::size_t enlisted_ = 0;
};

} // namespace sceau::agent
