// Tokens behind sceau-token workers: who is in which reader, what was found there, which card may still be logged in
// to.
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
    /// How long it is believed that a card in its reader holds what it held: a certificate can be renewed there.
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
    /// What a module showed at its last discovery, and before it where that one failed.
    struct Seen {
        bool valid = false;
        unsigned look = 0; // of looks_wanted_, when it began
        Clock::time_point began = {};
        bool comes_and_goes = false; // it has shown tokens that can be pulled out, and no others
        pkcs11::Readers readers;     // as they were when it began
        std::vector<pkcs11::Token> tokens;
        std::vector<pkcs11::Token> missed; // that it showed before, of cards that are there still
        std::filesystem::path certificates;
        std::optional<ipc::Obstacle> obstacle;
    };

    /// What PC/SC said of the reader when its card was looked at; nothing where it is no reader of PC/SC's.
    std::vector<pkcs11::Reader> seen_in(std::size_t module, const std::string& reader) const
    {
        return readers_meant(seen_.at(module).readers, reader);
    }
    bool is_current(const Seen& seen) const;
    /// A module names what it keeps of a card after the card's serial number: two cards may have the same.
    bool is_of_one_card_each(const std::vector<pkcs11::Token>& tokens) const;
    bool wants_look(std::size_t module) const;
    bool is_slow(std::size_t module) const;
    void begin_look(std::size_t module, const asio::any_io_executor& executor);
    /// For the first look that began after so many had, if one is wanted: for no other, or whoever asks again and again
    /// would hold up everybody else.
    asio::awaitable<base::Result<>> wait_for_look(std::size_t module, unsigned before);
    asio::awaitable<base::Result<>> until_ended(std::size_t module, unsigned look);
    Clock::time_point patience_with(std::size_t module) const;

    /// Begun by whoever wants it, and not cancelled with them: others wait for it, too.
    asio::awaitable<void> look(std::size_t module);
    asio::awaitable<base::Result<Seen>> ask(std::size_t module);
    /// One discovery. A cache that would be of several cards is emptied, and its path with it: nothing was read from
    /// it.
    asio::awaitable<base::Result<pkcs11::Discovered>> run(std::size_t module, std::filesystem::path& cache);
    static bool is_doubtful(const Seen& before, const base::Result<Seen>& found, int again);
    static bool has_lost_something(const Seen& before, const Seen& found);
    void take(std::size_t module, Seen found);
    static void keep_what_was_not_read(const Seen& before, Seen& found);
    void keep_what_was_seen(std::size_t module, const base::Error& failure, Seen at_begin);
    /// Into what was found goes what is in readers that were left alone.
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
    std::vector<Seen> seen_;         // a module each
    std::vector<Attempts> attempts_; // likewise
    Event looked_;                   // a discovery of one module has ended
};

} // namespace sceau::agent
