#include "tests/e2e/fault_case.h"

#include "tests/support/pcsc_readers.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sysexits.h>

namespace sceau::test {

namespace {

constexpr const char* kSettings = "timeout_s = 2\n[token]\nwait_s = 2\n";
constexpr int kEventCounterShift = 16; // in SCARD_READERSTATE::dwEventState (pcsc-lite's SCardGetStatusChange)

bool is_pin_in(const LogEntry& entry)
{
    return entry.is_apdu() && entry.ins == ins::kVerify && entry.sent > 0;
}

bool was_reset(const CardLog& log)
{
    return count(log, LogEntry::Kind::reset) > 0;
}

} // namespace

std::string to_string(const FaultCase& fault)
{
    return fmt::format("{} at APDU {}{}{}", fault.fault ? to_string(*fault.fault) : "pcscd killed and restarted",
                       fault.nth, fault.execution == Execution::before_fault ? ", executed" : "",
                       fault.pin == "123456" ? "" : ", wrong PIN");
}

FaultDesk::FaultDesk(const std::string& key) : desk_({.key = key, .settings = kSettings})
{
    CardLog log = sign_undisturbed();
    std::erase_if(log, [](const LogEntry& entry) { return !entry.is_apdu(); });
    apdus_ = log.size();
    const auto verify = std::ranges::find_if(log, is_pin_in);
    REQUIRE(verify != log.end());
    first_verify_ = static_cast<std::size_t>(verify - log.begin()) + 1;
}

void FaultDesk::suffer_everywhere(const std::optional<Fault>& fault)
{
    for (std::size_t nth = 1; nth <= apdus_; ++nth) {
        suffer({.fault = fault, .nth = nth});
        if (nth >= first_verify_)
            suffer({.fault = fault, .nth = nth, .execution = Execution::before_fault});
    }
}

void FaultDesk::suffer(const FaultCase& fault)
{
    INFO(to_string(fault));
    desk_.settle();
    const DWORD state = desk_.reader_state();
    const unsigned verifies = desk_.card.counters().verify_attempts;
    const std::size_t asked = desk_.person.times_asked();
    desk_.card.clear_log();
    const Ended ended = sign_with(fault);
    desk_.card.clear_schedule();
    INFO(to_string(desk_.card.log()));
    INFO(ended.err);
    CHECK((!fault.fault || count(desk_.card.log(), LogEntry::Kind::fault) == 1));
    check_answer(ended, fault);
    check_pin(fault, verifies, asked);
    bring_card_back(state);
    desk_.wait_until_closed();
    CHECK(desk_.open_keys().empty());
    desk_.settle();
    sign_undisturbed();
}

Ended FaultDesk::sign_with(const FaultCase& fault)
{
    const Schedule when = {.nth = fault.nth, .execution = fault.execution};
    desk_.card.schedule(fault.fault.value_or(Pause{}), when);
    // A right PIN is typed again: a card that is pulled out closes the dialog, and what was typed is lost.
    const bool is_right = fault.pin == desk_.card.profile().pin;
    desk_.person.will_answer({"pin " + fault.pin, is_right ? "pin " + fault.pin : "timeout"});
    const auto signing = desk_.start_signing();
    if (!fault.fault) {
        REQUIRE(desk_.card.wait_until_paused());
        desk_.pcscd.stop();
        desk_.pcscd.start();
    }
    return signing->wait();
}

void FaultDesk::check_answer(const Ended& ended, const FaultCase& fault) const
{
    if (ended.status == EX_OK) {
        CHECK_NOTHROW(desk_.verify_with_openssl(ended.out));
        CHECK(fault.pin == desk_.card.profile().pin);
        return;
    }
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Catch::Contains("sceau: ") && !Catch::Contains("A fault of Sceau"));
    const bool is_refused = ended.status == EX_NOPERM; // the right PIN is not refused
    const bool is_token = ended.status == EX_TEMPFAIL || ended.status == EX_SOFTWARE;
    CHECK((is_token || (is_refused && fault.pin != desk_.card.profile().pin)));
}

void FaultDesk::check_pin(const FaultCase& fault, unsigned verifies_before, std::size_t asked_before) const
{
    const auto asked = static_cast<unsigned>(desk_.person.times_asked() - asked_before);
    const unsigned verifies = desk_.card.counters().verify_attempts - verifies_before;
    const unsigned used_up = desk_.card.profile().pin_tries - desk_.card.pin_tries_left();
    const bool is_right = fault.pin == desk_.card.profile().pin;
    CHECK(asked <= 2);
    CHECK(verifies <= (is_right ? 2 * asked : 1));
    CHECK(used_up <= (is_right ? 0 : 1));
}

// pcscd looks at its readers from time to time. A reset that finds the card gone in between does not count as a look:
// for pcscd, a card that comes back before the next look stays absent.
void FaultDesk::bring_card_back(DWORD state_before)
{
    const auto events = [](DWORD state) { return state >> kEventCounterShift; };
    if (count(desk_.card.log(), LogEntry::Kind::removed) > 0)
        wait_until("PC/SC has seen the card go", [&] { return events(desk_.reader_state()) != events(state_before); });
    desk_.card.insert();
    desk_.pcscd.wait_until_present(desk_.card);
}

CardLog FaultDesk::sign_undisturbed()
{
    desk_.card.clear_log();
    desk_.person.will_answer({"pin 123456"});
    const Ended ended = desk_.sign();
    INFO("the next request: " << ended.err << to_string(desk_.card.log()));
    REQUIRE(ended.status == EX_OK);
    CHECK_NOTHROW(desk_.verify_with_openssl(ended.out));
    REQUIRE(desk_.card.wait_for(was_reset));
    CardLog log = desk_.card.log();
    CHECK(desk_.open_keys().empty());
    CHECK(desk_.card.pin_tries_left() == desk_.card.profile().pin_tries);
    return log;
}

} // namespace sceau::test
