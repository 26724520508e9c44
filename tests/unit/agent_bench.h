// An agent without its socket: the service with tokens in memory, on the test's io_context.
#pragma once

#include "agent/service.h"
#include "tests/support/memory_tokens.h"
#include "tests/support/pinentry_script.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>

namespace sceau::test {

using agent::Config;
using agent::Service;
using base::Scheme;

class Recorder final : public ipc::ReplyStream {
  public:
    bool more() const override { return true; }
    asio::awaitable<base::Result<>> send(ipc::Reply reply) override
    {
        sent.push_back(std::move(reply));
        if (on_send)
            on_send();
        if (const auto meanwhile = std::exchange(while_sending, nullptr))
            co_await meanwhile();
        co_return base::Result<>{};
    }

    std::vector<std::string> states() const
    {
        std::vector<std::string> states;
        for (const ipc::Reply& reply : sent)
            if (const auto* told = std::get_if<ipc::ProgressReply>(&reply))
                states.emplace_back(to_string(told->progress->state));
        return states;
    }

    std::vector<ipc::Reply> sent;
    std::function<void()> on_send;
    std::function<asio::awaitable<void>()> while_sending; // called during the next send()
};

class Bench {
  public:
    struct Call {
        ipc::Peer peer;
        std::shared_ptr<const void> connection; // for calls of start_from
        Recorder stream;
        asio::cancellation_signal cancel;
        base::Result<ipc::Reply> reply = std::unexpected(base::internal("not answered"));
        bool done = false;

        /// The client closes its connection.
        void go()
        {
            connection.reset();
            cancel.emit(asio::cancellation_type::terminal);
        }
    };

    explicit Bench(std::vector<std::shared_ptr<MemoryToken>> tokens, Config config = {},
                   std::chrono::seconds module_timeout = std::chrono::seconds(30),
                   agent::Attestation::Head journal_head = {})
    {
        config.modules = {{.path = "/memory.so", .environment = {}, .timeout = module_timeout}};
        config.pinentry = PinentryScript::program();
        if (config.journal.empty())
            config.journal = folder.path() / "journal.jsonl";
        auto store = std::make_unique<MemoryTokens>(std::move(tokens));
        memory = store.get();
        service = *Service::create(std::move(config), std::move(store), std::move(journal_head));
    }

    /// Cancels the calls that still wait, since what they hold belongs to the service.
    ~Bench()
    {
        for (const auto& call : calls)
            if (!call->done)
                call->cancel.emit(asio::cancellation_type::terminal);
        const auto is_over = [&] { return std::ranges::all_of(calls, [](const auto& call) { return call->done; }); };
        context.restart();
        while (!is_over() && context.run_one_for(std::chrono::seconds(1)) != 0) {
        }
    }

    void start(ipc::Request request)
    {
        auto& call = calls.emplace_back(std::make_unique<Call>());
        call->peer = peer;
        asio::co_spawn(
            context,
            [this, call = call.get(), request]() -> asio::awaitable<void> {
                co_await asio::this_coro::throw_if_cancelled(false);
                call->reply = co_await service->handle(call->peer, request, call->stream);
                call->done = true;
            },
            asio::bind_cancellation_slot(call->cancel.slot(), asio::detached));
    }

    base::Result<ipc::Reply> run(ipc::Request request)
    {
        start(std::move(request));
        context.restart();
        context.run();
        return calls.back()->reply;
    }

    /// Returns the answer without waiting until kept results expire and the token is left.
    base::Result<ipc::Reply> answer_to(ipc::Request request)
    {
        start(std::move(request));
        run_until([&] { return calls.back()->done; });
        return calls.back()->reply;
    }

    /// Calls from a program of this name, on a connection of its own.
    Call& start_from(const std::string& program, ipc::Request request)
    {
        const ipc::Peer own = peer;
        auto other = std::make_shared<int>();
        peer.executable = "/usr/bin/" + program;
        peer.connection = other;
        start(std::move(request));
        calls.back()->connection = std::move(other);
        peer = own;
        return *calls.back();
    }

    /// Follows the tokens, as the agent's program does.
    void follow() { asio::co_spawn(context, service->follow_tokens(), asio::detached); }

    void run_until(const std::function<bool()>& condition)
    {
        context.restart();
        while (!condition()) // the scripted person writes files, which wake nobody: look again after a moment
            context.run_one_for(std::chrono::milliseconds(20));
    }

    ipc::Sign::Parameters request(const MemoryToken& token) const
    {
        return {.key = key_of(token),
                .scheme = Scheme::ecdsa_secp256r1_sha256,
                .digest = digest,
                .evidence = {},
                .terminal = {}};
    }

    static base::KeyId key_of(const MemoryToken& token)
    {
        return mail::cms::read_certificate(token.keys.front().holder->der())->key;
    }

    bool is_good(const base::Result<ipc::Reply>& reply, const MemoryToken& token) const
    {
        return reply && mail::cms::verifies(token.keys.front().holder->der(), Scheme::ecdsa_secp256r1_sha256, digest,
                                            std::get<ipc::Sign::Reply>(*reply).signature.value());
    }

    TemporaryFolder folder; // with the journal
    std::shared_ptr<const void> connection = std::make_shared<int>();
    ipc::Peer peer{.uid = 1000,
                   .pid = 77,
                   .executable = "/usr/bin/mailer",
                   .name = "mailer",
                   .of_system = true,
                   .parents = {},
                   .unit = {},
                   .connection = connection};
    base::Bytes digest = base::hash_of(base::Hash::sha256, base::as_bytes("a mail"));
    MemoryTokens* memory = nullptr;
    std::unique_ptr<Service> service;
    std::vector<std::unique_ptr<Call>> calls;
    asio::io_context context; // the last member: coroutines that still wait are destroyed before what they wait for
};

} // namespace sceau::test
