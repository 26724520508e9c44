// A PIV card behind a virtual reader (vsmartcard's vpcd, which PrivatePcscd runs), on a thread of its own. Tests pull
// it out and put it in, schedule faults, and read what was sent to it:
//
//     VirtualCard card;
//     PrivatePcscd pcscd({&card});
//     card.schedule(Vanish{}, {.nth = 3, .after_mark = "PIN typed"});
//     …
//     CHECK(count_apdus(card.log(), ins::kVerify) == 1);
//
// All functions may be called from any thread. The card outlives the reader it is in.
#pragma once

#include "tests/virtual-token/card_log.h"
#include "tests/virtual-token/fault.h"
#include "tests/virtual-token/piv_card.h"
#include "tests/virtual-token/reader_link.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace sceau::test {

struct CardCounters {
    unsigned verify_attempts = 0;             // executed VERIFY commands with a PIN
    std::map<PivSlot, unsigned> private_uses; // GENERAL AUTHENTICATE commands that gave a result
    unsigned resets = 0;                      // warm resets only, without power off and on
};

class VirtualCard {
  public:
    /// Opens a connection to the reader, which is invalid if the reader is not there.
    using Reader = std::function<base::UniqueFd()>;
    static constexpr std::chrono::seconds kPatience{60};

    explicit VirtualCard(CardProfile profile = {});
    VirtualCard(const VirtualCard&) = delete;
    VirtualCard& operator=(const VirtualCard&) = delete;
    ~VirtualCard();

    /// PrivatePcscd calls these to set the reader into which the card is inserted. The reader is not called after
    /// detach().
    void attach(Reader reader);
    void detach();

    /// A card is inserted from the start. Both functions return when the reader can know, which is before PC/SC reports
    /// it: see PrivatePcscd::wait_until_present. A command under way gets no answer if the card is removed.
    void insert();
    void remove();

    /// Gives the card another key and certificate without anybody pulling it out. profile() does not change.
    void renew(PivSlot slot, const CertificateProfile& certificate);

    /// Sets how long the card takes for each APDU. The initial value is 0.
    void set_latency(std::chrono::milliseconds latency);

    /// Several faults may be waiting; each occurs once.
    void schedule(Fault fault, Schedule when = {});
    void clear_schedule();
    /// Waits until the card has stopped at a Pause. Returns false after kPatience.
    [[nodiscard]] bool wait_until_paused();
    void resume();

    /// Writes a line into the log and starts the count of faults that wait for it.
    void mark(const std::string& text);
    CardLog log() const;
    void clear_log();
    /// Waits until the log satisfies the condition. Returns false after kPatience.
    [[nodiscard]] bool wait_for(const std::function<bool(const CardLog&)>& condition);

    CardCounters counters() const;
    unsigned pin_tries_left() const;
    bool is_inserted() const;
    /// Returns whether somebody's PIN is in force for 9A and 9D.
    bool is_verified() const;

    const CardProfile& profile() const { return profile_; }
    /// DER.
    const base::Bytes& certificate(PivSlot slot) const { return piv_.certificate(slot); }

  private:
    using Lock = std::unique_lock<std::mutex>;
    using Answer = std::optional<base::Bytes>;
    struct Scheduled {
        Fault fault;
        Schedule when;
    };

    // Runs on the thread, and holds the lock except while it waits for the reader or rests.
    void run();
    void connect(Lock& lock);
    void serve(Lock& lock);
    void set_power(bool on);
    void handle_control(std::uint8_t control);
    void handle_apdu(Lock& lock, const base::Bytes& apdu);
    std::vector<Scheduled> due_faults();
    void suffer(Lock& lock, const Scheduled& scheduled, const base::Bytes& apdu, Answer& answer);
    void vanish(const Vanish& fault);
    void pause(Lock& lock);
    base::Bytes execute(const base::Bytes& apdu);
    void rest(Lock& lock, std::chrono::milliseconds time);

    bool is_in_reader() const { return inserted_ && reader_ && !stopping_; }

    void append(LogEntry::Kind kind, std::string text = {});
    void open_entry(const base::Bytes& apdu);
    void close_entry(const base::Bytes& answer);

    const CardProfile profile_;
    mutable std::mutex mutex_; // protects everything below
    std::condition_variable changed_;
    PivCard piv_;
    CardLog log_;
    std::optional<std::size_t> open_entry_; // the APDU that is not answered yet
    CardCounters counters_;
    std::vector<Scheduled> schedule_;
    std::chrono::milliseconds latency_{0};
    std::shared_ptr<const Reader> reader_; // null while no pcscd runs it
    std::optional<ReaderLink> link_;
    bool connecting_ = false; // the reader is being called
    bool inserted_ = true;
    bool was_inserted_ = false; // according to the log
    std::optional<std::chrono::milliseconds> back_after_;
    bool powered_ = false;
    bool paused_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace sceau::test
