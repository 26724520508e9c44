#include "agent/person/pin_entry.h"

#include "agent/person/progress.h"
#include "base/display_text.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>

namespace sceau::agent {

using base::ErrorCode;
using base::Result;
using base::Secret;
using namespace asio::experimental::awaitable_operators;

namespace {

bool is_word(const Secret& typed, std::string_view word)
{
    return std::ranges::equal(typed.expose(), base::as_bytes(word), [](std::uint8_t one, std::uint8_t other) {
        return one == other || (one ^ 0x20) == other; // upper and lower case are equal: both words are ASCII letters
    });
}

/// As far as the token tells, the PIN's length is one that it accepts.
bool is_likely(const Secret& pin, const pkcs11::PinState& state)
{
    return pin.size() >= state.shortest && (state.longest == 0 || pin.size() <= state.longest);
}

bool is_same(const std::optional<Secret>& one, const Secret& other)
{
    return one && std::ranges::equal(one->expose(), other.expose());
}

} // namespace

std::optional<ipc::Shown> shown_in_dialog(const Wish& wish)
{
    constexpr std::size_t kMostFields = 32;
    constexpr std::size_t kValueColumns = 200;
    if (!std::holds_alternative<pkcs11::Signature>(wish.operation))
        return std::nullopt;
    ipc::Shown shown;
    if (wish.shown == nullptr)
        return shown;
    shown.level = wish.shown->level;
    for (const ipc::ShownField& field : wish.shown->lines) {
        if (field.name == ipc::FieldName::text || shown.lines.size() == kMostFields)
            continue;
        shown.lines.push_back(field);
        shown.lines.back().value = base::shown(field.value, kValueColumns);
    }
    return shown;
}

Asker asker_of(const ipc::Peer& peer)
{
    return {.program = peer.executable, .connection = peer.connection.lock().get()};
}

asio::awaitable<Result<Secret>> PinEntry::ask(const Prompting& prompting, const pkcs11::PinState& state,
                                              const PinHistory& history, ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await turn_for(prompting.wish.peer));
    ipc::Progress progress = progress_at(ipc::State::pin, prompting.key);
    if (history.tries_left)
        progress.tries_left = static_cast<int>(*history.tries_left);
    if (history.problem == PinProblem::none)
        progress.shown = shown_in_dialog(prompting.wish);
    CO_TRY(co_await tell(stream, progress));
    const PromptText text = pin_prompt(request_of(prompting, state), history, prompting.language);
    co_return co_await ask_once(prompting, text, Clock::now() + config_.pin_timeout);
}

PinProblem PinEntry::problem_with(const Result<Secret>& pin, const TokenId& token, const pkcs11::PinState& state,
                                  const std::optional<Secret>& unlikely) const
{
    if (!pin)
        return PinProblem::too_long;
    if (pin->empty())
        return PinProblem::empty;
    if (refused_.was_refused(token, *pin))
        return PinProblem::refused_before;
    return is_likely(*pin, state) || is_same(unlikely, *pin) ? PinProblem::none : PinProblem::unlikely;
}

asio::awaitable<Result<Secret>> PinEntry::ask_once(const Prompting& prompting, const PromptText& text,
                                                   Clock::time_point deadline)
{
    auto pin = co_await ask_at(prompting, prompting.place, text, deadline);
    if (!pin && pin.error().code == ErrorCode::unsupported)
        pin = co_await ask_at(prompting, second_place(prompting.place), text, deadline);
    co_return pin;
}

asio::awaitable<Result<Secret>> PinEntry::ask_at(const Prompting& prompting, const PromptPlace& place,
                                                 const PromptText& text, Clock::time_point deadline)
{
    CO_TRY_ASSIGN(Pinentry pinentry, co_await Pinentry::start(config_.pinentry, place, text, deadline));
    auto first = co_await (pinentry.ask(deadline) || tokens_.until_pulled(prompting.key.token));
    if (pinentry.cancelled_by_person())
        policy_.note_cancelled(prompting.wish.peer.executable, Clock::now());
    if (first.index() == 1)
        co_return std::unexpected(pulled_out());
    co_return std::get<0>(std::move(first));
}

asio::awaitable<Result<>> PinEntry::confirm_last_try(const Prompting& prompting, ipc::ReplyStream& stream)
{
    ipc::Progress progress = progress_at(ipc::State::pin, prompting.key);
    progress.tries_left = 1;
    const std::function<PromptText(bool)> text = [&](bool again) {
        return last_try_prompt(prompting.key, again, prompting.language);
    };
    const auto typed = co_await ask_for_word(prompting, last_try_word(prompting.language), text, progress, stream);
    if (!typed && (typed.error().code == ErrorCode::cancelled || typed.error().code == ErrorCode::timed_out))
        co_return std::unexpected(base::pin_final_try("one wrong PIN more would lock the token"));
    co_return typed;
}

asio::awaitable<Result<>> PinEntry::confirm_recipients(const Prompting& prompting, ipc::ReplyStream& stream)
{
    const ipc::Progress progress = progress_at(ipc::State::pin, prompting.key);
    const std::function<PromptText(bool)> text = [&](bool again) {
        return recipients_prompt(prompting.wish.to_confirm, again, prompting.language);
    };
    co_return co_await ask_for_word(prompting, recipients_word(prompting.language), text, progress, stream);
}

asio::awaitable<Result<>> PinEntry::ask_for_word(const Prompting& prompting, std::string_view word,
                                                 std::function<PromptText(bool again)> text, ipc::Progress progress,
                                                 ipc::ReplyStream& stream)
{
    for (bool again = false;; again = true) {
        CO_TRY_ASSIGN(const Queue::Turn turn, co_await turn_for(prompting.wish.peer));
        CO_TRY(co_await tell(stream, progress));
        const PromptText dialog = text(again);
        auto typed = co_await ask_once(prompting, dialog, Clock::now() + config_.pin_timeout);
        if (!typed && typed.error().code != ErrorCode::invalid_parameter)
            co_return std::unexpected(std::move(typed).error());
        if (typed && is_word(*typed, word))
            co_return Result<>{};
    }
}

asio::awaitable<Result<base::Bytes>> PinEntry::perform_at_reader(const Prompting& prompting,
                                                                 const pkcs11::PinState& state, KeyUse& use,
                                                                 Clock::time_point deadline)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await turn_for(prompting.wish.peer));
    const auto until = deadline + config_.pin_timeout;
    const PromptText text = pad_notice(request_of(prompting, state), prompting.language);
    CO_TRY_ASSIGN(Pinentry pinentry, co_await Pinentry::start(config_.pinentry, prompting.place, text, until));
    const auto confirmed = co_await pinentry.confirm_pages(until);
    if (pinentry.cancelled_by_person())
        policy_.note_cancelled(prompting.wish.peer.executable, Clock::now());
    CO_TRY(confirmed);
    CO_TRY_ASSIGN(const Secret typed_at_reader, Secret::create());
    auto first = co_await (use.perform(typed_at_reader, until) || pinentry.tell(until));
    if (first.index() == 0)
        co_return std::get<0>(std::move(first));
    CO_TRY(std::get<1>(std::move(first)));
    policy_.note_cancelled(prompting.wish.peer.executable, Clock::now());
    co_return std::unexpected(base::cancelled("the person cancelled"));
}

asio::awaitable<Result<>> PinEntry::ask_for_token(const Prompting& prompting, Clock::time_point deadline)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await missing_[prompting.key.token].turn());
    const PromptText text = missing_token_notice(prompting.caller.name, prompting.key, prompting.language);
    const auto answered = co_await show_until_answered(prompting, text, deadline);
    if (!answered && answered.error().code == ErrorCode::cancelled)
        co_return answered;
    Event never;
    co_return co_await never.wait(Clock::time_point::max());
}

asio::awaitable<Result<>> PinEntry::show_until_answered(const Prompting& prompting, const PromptText& text,
                                                        Clock::time_point deadline)
{
    PromptPlace screen = prompting.place;
    screen.tty.clear(); // the notice is not for a terminal: a client that waits there says itself what it waits for
    for (;;) {
        while (dialogs_.is_taken())
            CO_TRY(co_await dialogs_.freed(deadline));
        CO_TRY_ASSIGN(Pinentry pinentry, co_await Pinentry::start(config_.pinentry, screen, text, deadline));
        if (dialogs_.is_taken())
            continue;
        auto first = co_await (pinentry.confirm(deadline) || dialogs_.taken(deadline));
        if (pinentry.cancelled_by_person())
            policy_.note_cancelled(prompting.wish.peer.executable, Clock::now());
        if (first.index() == 0)
            co_return std::get<0>(std::move(first));
    }
}

void PinEntry::note_refused(const TokenId& token, const Secret& pin)
{
    refused_.remember(token, pin);
}

void PinEntry::tell_locked(const Prompting& prompting, const asio::any_io_executor& executor)
{
    notices_.tell(prompting.key.token,
                  {.client = prompting.wish.peer.connection,
                   .program = config_.pinentry,
                   .place = prompting.place,
                   .text = locked_message(prompting.key, config_.pin_contact, prompting.language),
                   .time = config_.pin_timeout},
                  executor);
}

asio::awaitable<Result<Queue::Turn>> PinEntry::turn_for(const ipc::Peer& peer)
{
    Asker asker = asker_of(peer);
    CO_TRY_ASSIGN(Queue::Turn turn, co_await dialogs_.turn(std::move(asker)));
    CO_TRY(policy_.permits(peer.executable, Clock::now()));
    co_return turn;
}

PromptRequest PinEntry::request_of(const Prompting& prompting, const pkcs11::PinState& state) const
{
    return {.program = prompting.caller.name,
            .caller = prompting.caller.kind,
            .program_note = note_on_program(prompting.wish.peer, prompting.language),
            .key = prompting.key,
            .operation = prompting.wish.operation,
            .attributes = prompting.wish.attributes,
            .content = prompting.wish.shown,
            .kind = prompting.wish.content,
            .place = 1,
            .waiting = enlisted_,
            .pin = state};
}

} // namespace sceau::agent
