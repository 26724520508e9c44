// Tokens behind sceau-token workers: who uses which reader, what was found there, and to which card someone may still
// be logged in.
#pragma once

#include "agent/tokens/attempts.h"
#include "agent/tokens/certificate_cache.h"
#include "agent/tokens/reader_watch.h"
#include "agent/tokens/token_store.h"
#include "agent/tokens/used_readers.h"

#include <optional>

namespace sceau::agent {

class WorkerStore final : public TokenStore {
  public:
    /// How long a card is assumed to hold what it held while it stays in its reader: a certificate can be renewed
    /// there.
    static constexpr std::chrono::minutes kBelieved{10};

    WorkerStore(std::vector<pkcs11::Module> modules, pkcs11::AfterLogin after_signature,
                Clock::duration believed = kBelieved);

    asio::awaitable<void> follow() override;
    Event& changed() override { return readers_.changed(); }
    bool is_there(const FoundToken& found) const override;
    asio::awaitable<base::Result<std::vector<FoundToken>>> discover() override;
    void look_again() override { ++looks_wanted_; }
    bool is_complete() const override;
    std::vector<ipc::Obstacle> obstacles() const override;
    std::unique_ptr<KeyUse> start(std::size_t module, pkcs11::KeyTask task) override;

    const ReaderWatch& readers() const { return readers_; }
    UsedReaders& used_readers() { return used_; }

  private:
    /// What a module showed at its last discovery, or at the one before if the last failed.
    struct Seen {
        bool valid = false;
        unsigned look = 0; // value of looks_wanted_ when the discovery began
        Clock::time_point began = {};
        bool comes_and_goes = false; // it has shown only tokens that can be pulled out, and at least one
        pkcs11::Readers readers;     // as they were when the discovery began
        std::vector<pkcs11::Token> tokens;
        std::vector<pkcs11::Token> missed; // shown before, and not now although their cards are still there
        std::filesystem::path certificates;
        std::optional<ipc::Obstacle> obstacle;
    };

    /// What PC/SC said of the reader when its card was looked at; empty if it is not a PC/SC reader.
    std::vector<pkcs11::Reader> seen_in(std::size_t module, const std::string& reader) const
    {
        return readers_meant(seen_.at(module).readers, reader);
    }
    bool is_current(const Seen& seen) const;
    /// A module names its cached files after the serial number of the card, which two cards may share.
    bool is_of_one_card_each(const std::vector<pkcs11::Token>& tokens) const;
    bool wants_look(std::size_t module) const;
    bool is_slow(std::size_t module) const;
    void begin_look(std::size_t module, const asio::any_io_executor& executor);
    /// Waits for the first look that begins after look number `before`, and starts it if one is wanted. It waits for no
    /// further look, otherwise a client that asks again and again would delay everybody else.
    asio::awaitable<base::Result<>> wait_for_look(std::size_t module, unsigned before);
    asio::awaitable<base::Result<>> until_ended(std::size_t module, unsigned look);
    Clock::time_point patience_with(std::size_t module) const;

    /// Runs independently of the caller that started it and is not cancelled with it, since others wait for it too.
    asio::awaitable<void> look(std::size_t module);
    asio::awaitable<base::Result<Seen>> ask(std::size_t module);
    /// Runs one discovery. If the cache would mix several cards, it is removed and its path emptied: nothing is read
    /// from it.
    asio::awaitable<base::Result<pkcs11::Discovered>> run(std::size_t module, std::filesystem::path& cache);
    static bool is_doubtful(const Seen& before, const base::Result<Seen>& found, int again);
    static bool has_lost_something(const Seen& before, const Seen& found);
    void take(std::size_t module, Seen found);
    static void keep_what_was_not_read(const Seen& before, Seen& found);
    void keep_what_was_seen(std::size_t module, const base::Error& failure, Seen at_begin);
    /// Adds to `found` the tokens in readers that were left alone.
    void keep_occupied(const Seen& before, Seen& found) const;
    static std::vector<pkcs11::Token> missed(const Seen& before, const Seen& found);

    std::vector<pkcs11::Module> modules_;
    pkcs11::AfterLogin after_signature_;
    pkcs11::Module no_module_; // for tasks that need none
    CertificateCache cache_;
    ReaderWatch readers_;
    UsedReaders used_;
    const Clock::duration believed_;
    unsigned looks_wanted_ = 0;
    std::vector<Seen> seen_;         // one for each module
    std::vector<Attempts> attempts_; // one for each module
    Event looked_;                   // notified when the discovery of one module has ended
};

} // namespace sceau::agent
