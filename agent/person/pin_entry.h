// Everything that is asked of the person for one use of a key: the PIN, the word before the last try, the notice while
// the PIN is typed at the reader. One dialog at a time, in turns of the programs (agent/wait.h); a token that is pulled
// out closes its own.
#pragma once

#include "agent/person/caller.h"
#include "agent/person/locked_notices.h"
#include "agent/person/pinentry.h"
#include "agent/person/refused_pins.h"
#include "agent/policy.h"
#include "agent/tokens/token_store.h"
#include "ipc/server.h"

#include <functional>
#include <map>

namespace sceau::agent {

/// By executable and connection.
Asker asker_of(const ipc::Peer& peer);

/// Who asks for what, and where the dialog may open.
struct Prompting {
    const ipc::Peer& peer;
    Caller caller; // the peer, as a person knows it
    const Key& key;
    const pkcs11::Operation& operation;
    const mail::cms::SignedAttributes* attributes; // of a signature, where they are known
    PromptPlace place;
    base::Language language;
    std::function<asio::awaitable<base::Result<>>()> pulled; // ends when the key's token goes
};

class PinEntry {
  public:
    PinEntry(const Config& config, Policy& policy, RefusedPins refused)
        : config_(config), policy_(policy), refused_(std::move(refused)), notices_(dialogs_)
    {
    }

    /// A PIN that may be sent to this token; an empty one where it is typed at the reader. What no token can take,
    /// and what this one refused just now, opens the dialog again; so does, once, a PIN of another length than the
    /// token's own words. `pin_locked`, `pin_final_try` when the person does not
    /// confirm the last try, `cancelled`, `timed_out`, `unsupported`, `token_absent` when the token is pulled out.
    asio::awaitable<base::Result<base::Secret>> ask(const Prompting& prompting, const pkcs11::PinState& state,
                                                    PinHistory history, ipc::ReplyStream& stream);

    /// The same with the PIN typed at the reader, under a notice that can cancel it.
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

    /// A request that will ask, or asks, as long as the object lives: the dialog says how many there are.
    std::shared_ptr<void> enlist();

  private:
    /// What keeps it from being sent; none: nothing.
    PinProblem problem_with(const base::Result<base::Secret>& pin, const TokenId& token, const pkcs11::PinState& state,
                            const std::optional<base::Secret>& unlikely) const;
    asio::awaitable<base::Result<base::Secret>> ask_once(const Prompting& prompting, const PromptText& text,
                                                         Clock::time_point deadline);
    asio::awaitable<base::Result<base::Secret>> ask_at(const Prompting& prompting, const PromptPlace& place,
                                                       const PromptText& text, Clock::time_point deadline);
    asio::awaitable<base::Result<>> confirm_last_try(const Prompting& prompting, ipc::ReplyStream& stream);
    /// The turn to open a dialog. `not_permitted` where the person has cancelled this program's often enough meanwhile.
    asio::awaitable<base::Result<Queue::Turn>> turn_for(const ipc::Peer& peer);
    asio::awaitable<base::Result<>> show_until_answered(const Prompting& prompting, const PromptText& text,
                                                        Clock::time_point deadline);
    PromptRequest request_of(const Prompting& prompting, const pkcs11::PinState& state) const;

    const Config& config_;
    Policy& policy_;
    RefusedPins refused_;
    Queue dialogs_;
    LockedNotices notices_;
    std::map<TokenId, Queue> missing_; // who asks for the token on the screen
    std::size_t enlisted_ = 0;
};

/// Says what the request waits for. (g++ 12 destroys an aggregate twice that is made inside a co_await expression, so
/// none is taken here.)
asio::awaitable<base::Result<>> report(ipc::ReplyStream& stream, ipc::State state, const std::string& token_label,
                                       std::optional<std::size_t> before = {}, std::optional<unsigned> tries_left = {},
                                       const std::string& programs = {});

} // namespace sceau::agent
