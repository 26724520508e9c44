// Each thing that a person is asked for a use of a key: the PIN, the word before the last try, the notice while the PIN
// is typed at the reader. One dialog is open at a time, in turns of the programs (agent/wait.h); a token that is pulled
// out closes its own. What is asked when, and what again, use_of_key.h decides.
#pragma once

#include "agent/person/caller.h"
#include "agent/person/locked_notices.h"
#include "agent/person/pinentry.h"
#include "agent/person/refused_pins.h"
#include "agent/policy.h"
#include "agent/tokens/directory.h"
#include "ipc/server.h"

#include <map>
#include <utility>

namespace sceau::agent {

/// By executable and connection.
Asker asker_of(const ipc::Peer& peer);

/// Who wants what done with which key, and where the person may be asked.
struct Wish {
    const ipc::Peer& peer;
    base::KeyId key;
    pkcs11::Operation operation;
    const std::optional<ipc::Terminal>& terminal;
    const std::optional<std::string>& locale;
    const mail::cms::SignedAttributes* attributes = nullptr; // of a signature, where they are known
};

/// A wish in front of a person.
struct Prompting {
    const Wish& wish;
    const Key& key; // that would be used now
    Caller caller;  // the peer, as a person knows it
    PromptPlace place;
    base::Language language;
};

/// A request that will ask, or asks, as long as the object lives: the dialog says how many there are.
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

    /// What the person types as the PIN. `invalid_parameter` for one that is too long, `cancelled`, `timed_out`,
    /// `unsupported`, `token_absent` when the token is pulled out.
    asio::awaitable<base::Result<base::Secret>> ask(const Prompting& prompting, const pkcs11::PinState& state,
                                                    const PinHistory& history, ipc::ReplyStream& stream);

    /// What keeps the answer of ask() from being sent to the token; none: nothing. `unlikely` is the one typed before
    /// whose length the token does not expect: typed once more, it is meant.
    PinProblem problem_with(const base::Result<base::Secret>& pin, const TokenId& token, const pkcs11::PinState& state,
                            const std::optional<base::Secret>& unlikely) const;

    /// Asks for a word before the last try. `pin_final_try` when the person does not confirm it; errors as with ask().
    asio::awaitable<base::Result<>> confirm_last_try(const Prompting& prompting, ipc::ReplyStream& stream);

    /// Uses the key with a PIN that is typed at the reader, under a notice that can cancel it.
    asio::awaitable<base::Result<base::Bytes>> perform_at_reader(const Prompting& prompting,
                                                                 const pkcs11::PinState& state, KeyUse& use,
                                                                 Clock::time_point deadline);

    /// Asks on the screen for a token that is missing, once for all who wait for it; closes while another dialog is
    /// open. Ends with `cancelled` when the person said so, and else not before it is cancelled itself: they may have
    /// hidden it, or have no screen.
    asio::awaitable<base::Result<>> ask_for_token(const Prompting& prompting, Clock::time_point deadline);

    /// What the token made of the PIN.
    void note_refused(const TokenId& token, const base::Secret& pin);
    void note_right(const TokenId& token) { refused_.forget(token); }
    void note_pulled(const TokenId& token) { refused_.forget_pin(token); }
    unsigned refused(const TokenId& token) const { return refused_.count(token); }

    /// Has it said to the person (agent/person/locked_notices.h), and does not wait for that.
    void tell_locked(const Prompting& prompting, const asio::any_io_executor& executor);

    Enlisted enlist() { return Enlisted(enlisted_); }

  private:
    asio::awaitable<base::Result<base::Secret>> ask_once(const Prompting& prompting, const PromptText& text,
                                                         Clock::time_point deadline);
    asio::awaitable<base::Result<base::Secret>> ask_at(const Prompting& prompting, const PromptPlace& place,
                                                       const PromptText& text, Clock::time_point deadline);
    /// The turn to open a dialog. `not_permitted` where the person has cancelled this program's often enough meanwhile.
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
    std::map<TokenId, Queue> missing_; // who asks for the token on the screen
    std::size_t enlisted_ = 0;
};

} // namespace sceau::agent
