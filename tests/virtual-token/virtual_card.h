// A PIV card behind a virtual reader (vsmartcard's vpcd, which PrivatePcscd runs), on a thread of its own. Tests pull
// it out and put it in, script what goes wrong, and read what it was sent:
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
    unsigned verify_attempts = 0;             // VERIFY with a PIN in it, executed
    std::map<PivSlot, unsigned> private_uses; // GENERAL AUTHENTICATE that gave a result
    unsigned resets = 0;                      // warm ones: not power off and on
};

class VirtualCard {
  public:
    /// Opens a connection to the reader; an invalid one when the reader is not there.
    using Reader = std::function<base::UniqueFd()>;
    static constexpr std::chrono::seconds kPatience{60};

    explicit VirtualCard(CardProfile profile = {});
    VirtualCard(const VirtualCard&) = delete;
    VirtualCard& operator=(const VirtualCard&) = delete;
    ~VirtualCard();

    /// PrivatePcscd calls these: which reader the card is in whenever it is inserted. After detach() it is not called
    /// any more.
    void attach(Reader reader);
    void detach();

    /// A card is inserted from the start. Both return when the reader can know, which is before PC/SC says so: see
    /// PrivatePcscd::wait_until_present. A command under way gets no answer when the card is removed.
    void insert();
    void remove();

    /// The card is given another key and certificate, without anybody pulling it out. profile() is as it was.
    void renew(PivSlot slot, const CertificateProfile& certificate);

    /// How long the card takes for each APDU. 0 at first.
    void set_latency(std::chrono::milliseconds latency);

    /// Several may be waiting; each comes once.
    void schedule(Fault fault, Schedule when = {});
    void clear_schedule();
    /// Waits until the card stands at a Pause; false after kPatience.
    [[nodiscard]] bool wait_until_paused();
    void resume();

    /// Writes a line into the log, and starts the count of faults that wait for it.
    void mark(const std::string& text);
    CardLog log() const;
    void clear_log();
    /// Waits for the log to satisfy it; false after kPatience.
    [[nodiscard]] bool wait_for(const std::function<bool(const CardLog&)>& condition);

    CardCounters counters() const;
    unsigned pin_tries_left() const;
    bool is_inserted() const;
    /// Somebody's PIN holds for 9A and 9D.
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

    // The thread's, which holds the lock but while it waits for the reader or rests.
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
    mutable std::mutex mutex_; // for all below
    std::condition_variable changed_;
    PivCard piv_;
    CardLog log_;
    std::optional<std::size_t> open_entry_; // of the APDU that is not answered yet
    CardCounters counters_;
    std::vector<Scheduled> schedule_;
    std::chrono::milliseconds latency_{0};
    std::shared_ptr<const Reader> reader_; // none while nobody runs it
    std::optional<ReaderLink> link_;
    bool connecting_ = false; // the reader is being called
    bool inserted_ = true;
    bool was_inserted_ = false; // as the log says it
    std::optional<std::chrono::milliseconds> back_after_;
    bool powered_ = false;
    bool paused_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace sceau::test
