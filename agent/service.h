// The agent's core: it handles one request, from who asks to the answer. Each kind of request is a coroutine in
// agent/requests that reads from top to bottom: what is signed, with which key, the person's PIN, the token, the
// answer.
#pragma once

#include "agent/content/examine.h"
#include "agent/journal/correspondents.h"
#include "agent/journal/journal.h"
#include "agent/requests/decrypt.h"

#include <map>
#include <memory>
#include <string>

namespace sceau::agent {

class Service {
  public:
    /// Signatures name the journal's head if the configuration wants that; a test may give another one.
    static base::Result<std::unique_ptr<Service>> create(Config config, std::unique_ptr<TokenStore> tokens,
                                                         Attestation::Head journal_head = {});

    /// Answers a request. Its progress is sent through the stream.
    asio::awaitable<base::Result<ipc::Reply>> handle(const ipc::Peer& peer, ipc::Request request,
                                                     ipc::ReplyStream& stream);

    /// Discovers the tokens, and again whenever one is plugged in or removed, until it is cancelled.
    asio::awaitable<void> follow_tokens();

    /// Says in the log if the journal cannot be written to, since no key can be used then.
    void look_at_journal();

  private:
    using Answer = asio::awaitable<base::Result<ipc::Reply>>;

    Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused, Decryption decryption,
            Attestation::Head journal_head);

    /// Limits the pending requests of one program that need a PIN. (The limit of one connection is the connection's
    /// own.)
    static constexpr std::size_t kMostOfOneProgram = 128;
    base::Result<std::shared_ptr<const void>> place_for(const std::string& program);

    /// The use of a key, which is recorded before its answer leaves.
    Answer use_key(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream);
    Answer answer_in_turn(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream,
                          Account& account);

    Answer answer(const ipc::Peer& peer, const ipc::Request& request, ipc::ReplyStream& stream, Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::ListTokens::Parameters& wanted, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::ListKeys::Parameters& wanted, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::Watch::Parameters& wanted, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::ReadJournal::Parameters& wanted, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::Sign::Parameters& request, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::DescribeContent::Parameters& request, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::Decrypt::Parameters& request, ipc::ReplyStream& stream,
                  Account& account);
    Answer answer(const ipc::Peer& peer, const ipc::Derive::Parameters& request, ipc::ReplyStream& stream,
                  Account& account);
    UseOfKey::Means means();

    Config config_;
    TokenDirectory tokens_;
    Policy policy_;
    PinEntry person_;
    Journal journal_;
    Examination examination_;
    Decryption decryption_;
    Correspondents correspondents_;
    // A program's requests that need a PIN share its value.
    std::map<std::string, std::weak_ptr<const void>> programs_;
};

} // namespace sceau::agent
