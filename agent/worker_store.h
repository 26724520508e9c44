// Tokens behind sceau-token workers: who is in which reader, what was found there, which card may still be logged in
// to.
#pragma once

#include "agent/certificate_cache.h"
#include "agent/reader_watch.h"
#include "agent/token_store.h"

#include <map>
#include <optional>
#include <set>

namespace sceau::agent {

class WorkerStore final : public TokenStore {
  public:
    WorkerStore(std::vector<pkcs11::Module> modules, pkcs11::AfterLogin after_signature);

    asio::awaitable<void> follow() override;
    Event& changed() override { return readers_.changed(); }
    bool is_there(const FoundToken& found) const override;
    asio::awaitable<base::Result<std::vector<FoundToken>>> discover() override;
    std::unique_ptr<KeyUse> start(std::size_t module, pkcs11::KeyTask task) override;

    // For one signature. A reader is named as Token::reader has it; an empty one is none.

    ReaderWatch& readers() { return readers_; }
    /// Discoveries leave this reader alone as long as the object lives.
    std::shared_ptr<void> occupy(const std::string& reader);
    /// Somebody may still be logged in to the card there.
    void note_open(const std::string& reader);
    /// Resets a card that was noted so; `token_failed` or `timed_out` where it cannot.
    asio::awaitable<base::Result<>> close(const std::string& reader, Clock::time_point deadline);
    /// What the module's tokens say of their PINs may be another thing now.
    void forget(std::size_t module) { seen_[module].valid = false; }

  private:
    /// What a module showed at its last discovery.
    struct Seen {
        bool valid = false;
        bool comes_and_goes = false; // it has shown tokens that can be pulled out, and no others
        pkcs11::Readers readers;     // as they were when it began
        std::vector<pkcs11::Token> tokens;
        std::vector<pkcs11::Token> missed; // that it showed before, of cards that are there still
        std::filesystem::path certificates;
    };

    bool is_current(const Seen& seen) const;
    asio::awaitable<base::Result<>> look(std::size_t module);
    /// Into what was found goes what is in readers that were left alone.
    void keep_occupied(const Seen& before, Seen& found) const;
    static std::vector<pkcs11::Token> missed(const Seen& before, const Seen& found);

    std::vector<pkcs11::Module> modules_;
    pkcs11::AfterLogin after_signature_;
    pkcs11::Module no_module_; // for tasks that need none
    ReaderWatch readers_;
    CertificateCache cache_;
    std::vector<Seen> seen_; // a module each
    std::multiset<std::string> occupied_;
    std::map<std::string, std::vector<pkcs11::Reader>> open_; // and what PC/SC said of the reader then
};

} // namespace sceau::agent
