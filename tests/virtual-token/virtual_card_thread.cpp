// The virtual card's own thread, which handles what the reader sends.
#include "tests/virtual-token/virtual_card.h"

#include <fmt/core.h>

#include <span>
#include <utility>

namespace sceau::test {

namespace {

// T=0 and T=1, historical bytes "SceauPIV" (ISO/IEC 7816-3 §8.2). It must not be shorter: OpenSC takes 3B 80 80 01 01
// for a PIVKey card, which it knows to have no elliptic curves.
const base::Bytes kAtr = {0x3b, 0x88, 0x80, 0x01, 0x53, 0x63, 0x65, 0x61, 0x75, 0x50, 0x49, 0x56, 0x07};
// The answer in its place without power. It lets the driver recognize a card that was removed between two checks.
const base::Bytes kNoAtr = {0};

/// Returns the tag in hex, as in SP 800-73-4 part 1 table 3, and an empty text for any other command.
std::string tag_asked_for(const Command& command)
{
    std::string tag;
    if (command.ins == ins::kGetData && command.data.size() > 2)
        for (const std::uint8_t byte : std::span(command.data).subspan(2))
            tag += fmt::format("{:02X}", byte);
    return tag;
}

} // namespace

void VirtualCard::run()
{
    Lock lock(mutex_);
    while (!stopping_) {
        if (inserted_ && reader_) {
            connect(lock);
        } else if (back_after_) {
            changed_.wait_for(lock, *back_after_, [&] { return stopping_ || inserted_ || !back_after_; });
            inserted_ = inserted_ || back_after_;
            back_after_.reset();
        } else {
            changed_.wait(lock);
        }
    }
}

void VirtualCard::connect(Lock& lock)
{
    const auto reader = reader_;
    connecting_ = true;
    lock.unlock();
    base::UniqueFd socket = (*reader)();
    lock.lock();
    connecting_ = false;
    changed_.notify_all();
    if (socket && inserted_ && reader == reader_ && !stopping_) {
        link_.emplace(std::move(socket));
        if (!std::exchange(was_inserted_, true))
            append(LogEntry::Kind::inserted);
        changed_.notify_all();
        serve(lock);
    } else if (!socket && reader == reader_) {
        reader_ = nullptr;
        changed_.notify_all();
    }
}

void VirtualCard::serve(Lock& lock)
{
    set_power(false);
    while (is_in_reader()) {
        lock.unlock();
        const std::optional<base::Bytes> message = link_->receive();
        lock.lock();
        if (!message)
            break;
        if (message->size() == 1)
            handle_control(message->front());
        else
            handle_apdu(lock, *message);
    }
    set_power(false);
    was_inserted_ = inserted_;
    append(inserted_ ? LogEntry::Kind::power_off : LogEntry::Kind::removed);
    link_.reset();
    changed_.notify_all();
}

/// The card forgets its state both when power returns and when it goes.
void VirtualCard::set_power(bool on)
{
    powered_ = on;
    piv_.reset();
}

void VirtualCard::handle_control(std::uint8_t control)
{
    switch (control) {
    case control::kPowerOff:
        append(LogEntry::Kind::power_off);
        return set_power(false);
    case control::kPowerOn:
        append(LogEntry::Kind::power_on);
        return set_power(true);
    case control::kReset:
        append(LogEntry::Kind::reset);
        ++counters_.resets;
        return set_power(true);
    case control::kAtr:
        return link_->send(powered_ ? kAtr : kNoAtr);
    default:
        return;
    }
}

void VirtualCard::handle_apdu(Lock& lock, const base::Bytes& apdu)
{
    open_entry(apdu);
    if (!powered_)
        return link_->shut_down();
    rest(lock, latency_);
    Answer answer;
    for (const Scheduled& scheduled : due_faults())
        suffer(lock, scheduled, apdu, answer);
    if (!is_in_reader())
        return;
    if (!answer)
        answer = execute(apdu);
    close_entry(*answer);
    link_->send(*answer);
}

std::vector<VirtualCard::Scheduled> VirtualCard::due_faults()
{
    std::vector<Scheduled> due;
    std::erase_if(schedule_, [&](Scheduled& scheduled) {
        if (!scheduled.when.after_mark.empty() || --scheduled.when.nth > 0)
            return false;
        due.push_back(scheduled);
        return true;
    });
    return due;
}

void VirtualCard::suffer(Lock& lock, const Scheduled& scheduled, const base::Bytes& apdu, Answer& answer)
{
    if (!is_in_reader())
        return;
    append(LogEntry::Kind::fault, to_string(scheduled.fault));
    if (scheduled.when.execution == Execution::before_fault && !answer)
        answer = execute(apdu);
    if (const auto* fault = std::get_if<Vanish>(&scheduled.fault))
        vanish(*fault);
    else if (const auto* status = std::get_if<AnswerStatus>(&scheduled.fault))
        answer = Response(static_cast<StatusWord>(status->sw)).encoded();
    else if (const auto* garbage = std::get_if<AnswerGarbage>(&scheduled.fault))
        answer = garbage->bytes;
    else if (const auto* silence = std::get_if<StaySilent>(&scheduled.fault))
        rest(lock, silence->time);
    else
        pause(lock);
}

void VirtualCard::vanish(const Vanish& fault)
{
    inserted_ = false;
    back_after_ = fault.back_after;
}

void VirtualCard::pause(Lock& lock)
{
    paused_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !paused_ || !is_in_reader(); });
    paused_ = false;
}

base::Bytes VirtualCard::execute(const base::Bytes& apdu)
{
    const Response response = piv_.answer(apdu);
    const std::optional<Command> command = parse_command(apdu);
    if (command && command->ins == ins::kVerify && !command->data.empty())
        ++counters_.verify_attempts;
    if (command && command->ins == ins::kGeneralAuthenticate && !response.data.empty())
        ++counters_.private_uses[static_cast<PivSlot>(command->p2)];
    return response.encoded();
}

void VirtualCard::rest(Lock& lock, std::chrono::milliseconds time)
{
    changed_.wait_for(lock, time, [&] { return !is_in_reader(); });
}

void VirtualCard::append(LogEntry::Kind kind, std::string text)
{
    LogEntry entry{.kind = kind, .at = std::chrono::steady_clock::now()};
    entry.text = std::move(text);
    log_.push_back(std::move(entry));
    changed_.notify_all();
}

void VirtualCard::open_entry(const base::Bytes& apdu)
{
    open_entry_ = log_.size();
    LogEntry entry{.kind = LogEntry::Kind::apdu, .at = std::chrono::steady_clock::now()};
    const std::optional<Command> command = parse_command(apdu);
    if (command) {
        entry.cla = command->cla;
        entry.ins = command->ins;
        entry.p1 = command->p1;
        entry.p2 = command->p2;
        entry.sent = command->data.size();
        entry.text = tag_asked_for(*command);
    }
    log_.push_back(std::move(entry));
    changed_.notify_all();
}

void VirtualCard::close_entry(const base::Bytes& answer)
{
    const auto index = std::exchange(open_entry_, std::nullopt);
    if (!index)
        return;
    LogEntry& entry = log_[*index];
    const bool has_status = answer.size() >= 2;
    entry.received = has_status ? answer.size() - 2 : answer.size();
    entry.sw = static_cast<std::uint16_t>(has_status ? answer.end()[-2] << 8 | answer.back() : 0);
    changed_.notify_all();
}

} // namespace sceau::test
