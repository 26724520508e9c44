// sceau.h: the requests to the agent. Each call has a connection of its own, except decryption.
#include "clients/lib/key_use.h"
#include "clients/libsceau/libsceau.h"
#include "clients/libsceau/status.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cstdlib>
#include <cstring>

using namespace sceau;
using base::Result;

namespace {

std::optional<std::filesystem::path> path_of(const char* socket)
{
    return socket != nullptr ? std::optional<std::filesystem::path>(socket) : std::nullopt;
}

Result<ipc::Client> connect(const sceau_agent& agent)
{
    TRY_ASSIGN(ipc::Client client, agent.socket ? ipc::Client::connect(*agent.socket) : ipc::Client::connect());
    client.give_up_when_readable(agent.cancelled.value());
    return client;
}

Result<> connect_for_decryption(sceau_agent& agent)
{
    if (agent.decrypting && agent.decrypting->is_usable())
        return {};
    TRY_ASSIGN(agent.decrypting, connect(agent));
    return {};
}

bool is_one_missing(const auto*... arguments)
{
    return ((arguments == nullptr) || ...);
}

client::OnProgress teller(sceau_on_progress* on_progress, void* context)
{
    return [=](const ipc::Progress& progress) {
        const sceau_progress told{progress};
        return on_progress == nullptr || on_progress(&told, context) == 0;
    };
}

int failed(sceau_agent& agent, base::Error error)
{
    agent.last = std::move(error);
    if (agent.last.code == base::ErrorCode::cancelled) {
        eventfd_t taken = 0; // the signal of sceau_cancel(), if that was the cause
        ::eventfd_read(agent.cancelled.value(), &taken);
    }
    return client::status_of(agent.last.code);
}

// Makes a call and hands its value to `give`.
int answer(sceau_agent* agent, auto ask, auto give)
{
    return client::guarded([&]() -> int {
        auto value = ask(*agent);
        if (!value)
            return failed(*agent, std::move(value).error());
        agent->last = {};
        return give(*std::move(value));
    });
}

Result<ipc::Sign::Parameters> signing_of(const char* key_id, const char* scheme, const unsigned char* digest,
                                         size_t digest_size)
{
    const auto known = base::scheme_from(scheme);
    if (!known)
        return std::unexpected(base::invalid_parameter("scheme", "there is no such scheme"));
    TRY_ASSIGN(const base::KeyId key, base::KeyId::parse(key_id));
    return ipc::Sign::Parameters{.key = key,
                                 .scheme = *known,
                                 .digest = base::Bytes(digest, digest + digest_size),
                                 .evidence = {},
                                 .terminal = {}};
}

int give_bytes(const base::Bytes& bytes, unsigned char** memory, size_t* size)
{
    *memory = static_cast<unsigned char*>(std::malloc(bytes.size()));
    if (*memory == nullptr)
        return SCEAU_NO_MEMORY;
    std::memcpy(*memory, bytes.data(), bytes.size());
    *size = bytes.size();
    return SCEAU_OK;
}

} // namespace

const char* sceau_text(int code)
{
    return client::sentence(code, base::own_language());
}

sceau_agent* sceau_open(const char* socket)
{
    sceau_agent* opened = nullptr;
    client::guarded([&] {
        base::UniqueFd cancelled(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (cancelled)
            opened = new sceau_agent{
                .socket = path_of(socket), .cancelled = std::move(cancelled), .last = {}, .decrypting = {}};
        return SCEAU_OK;
    });
    return opened;
}

void sceau_close(sceau_agent* agent)
{
    delete agent;
}

const char* sceau_detail(const sceau_agent* agent)
{
    return agent->last.message.c_str();
}

int sceau_tries_left(const sceau_agent* agent)
{
    return agent->last.tries_left ? static_cast<int>(*agent->last.tries_left) : -1;
}

void sceau_cancel(sceau_agent* agent)
{
    ::eventfd_write(agent->cancelled.value(), 1);
}

int sceau_list_tokens(sceau_agent* agent, sceau_listing** listing)
{
    if (agent == nullptr || listing == nullptr)
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [](const sceau_agent& asked) -> Result<ipc::ListTokens::Reply> {
        TRY_ASSIGN(ipc::Client client, connect(asked));
        return client.call<ipc::ListTokens>();
    };
    return answer(agent, ask, [&](const ipc::ListTokens::Reply& reply) {
        *listing = client::listing_of(reply.tokens, {}).release();
        return SCEAU_OK;
    });
}

int sceau_list_keys(sceau_agent* agent, const char* address, sceau_listing** listing)
{
    if (agent == nullptr || listing == nullptr)
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [&](const sceau_agent& asked) -> Result<ipc::ListKeys::Reply> {
        TRY_ASSIGN(ipc::Client client, connect(asked));
        ipc::ListKeys::Parameters wanted;
        if (address != nullptr)
            wanted.email = address;
        return client.call<ipc::ListKeys>(wanted);
    };
    return answer(agent, ask, [&](const ipc::ListKeys::Reply& reply) {
        *listing = client::listing_of({}, reply.keys).release();
        return SCEAU_OK;
    });
}

int sceau_sign(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* digest,
               size_t digest_size, sceau_on_progress* on_progress, void* context, unsigned char** signature,
               size_t* signature_size)
{
    if (is_one_missing(agent, key_id, scheme, digest, signature, signature_size))
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [&](const sceau_agent& asked) -> Result<base::Bytes> {
        TRY_ASSIGN(const auto request, signing_of(key_id, scheme, digest, digest_size));
        TRY_ASSIGN(ipc::Client client, connect(asked));
        return client::sign(client, request, teller(on_progress, context));
    };
    return answer(agent, ask, [&](const base::Bytes& bytes) { return give_bytes(bytes, signature, signature_size); });
}

int sceau_sign_mail(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* digest,
                    size_t digest_size, const unsigned char* attributes, size_t attributes_size,
                    const unsigned char* content, size_t content_size, const char* const* bcc,
                    sceau_on_progress* on_progress, void* context, unsigned char** signature, size_t* signature_size)
{
    if (is_one_missing(agent, key_id, scheme, digest, attributes, content, signature, signature_size))
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [&](const sceau_agent& asked) -> Result<base::Bytes> {
        TRY_ASSIGN(auto request, signing_of(key_id, scheme, digest, digest_size));
        TRY_ASSIGN(base::SealedMemory file, base::SealedMemory::copy_of(base::BytesView(content, content_size)));
        request.evidence =
            ipc::Evidence{.kind = ipc::Evidence::Kind::mail,
                          .attributes = base::Bytes(attributes, attributes + attributes_size),
                          .content_fd = 0,
                          .content = std::make_shared<const Result<base::SealedMemory>>(std::move(file))};
        for (const char* const* address = bcc; address != nullptr && *address != nullptr; ++address) {
            if (!request.evidence->bcc)
                request.evidence->bcc.emplace();
            request.evidence->bcc->emplace_back(*address);
        }
        TRY_ASSIGN(ipc::Client client, connect(asked));
        return client::sign(client, request, teller(on_progress, context));
    };
    return answer(agent, ask, [&](const base::Bytes& bytes) { return give_bytes(bytes, signature, signature_size); });
}

int sceau_decrypt(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* ciphertext,
                  size_t ciphertext_size, sceau_on_progress* on_progress, void* context, unsigned char** plaintext,
                  size_t* plaintext_size)
{
    if (is_one_missing(agent, key_id, scheme, ciphertext, plaintext, plaintext_size))
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [&](sceau_agent& asked) -> Result<base::Bytes> {
        const auto known = base::decryption_scheme_from(scheme);
        if (!known)
            return std::unexpected(base::invalid_parameter("scheme", "there is no such scheme"));
        TRY_ASSIGN(const base::KeyId key, base::KeyId::parse(key_id));
        const ipc::Decrypt::Parameters request = {.key = key,
                                                  .scheme = *known,
                                                  .ciphertext = base::Bytes(ciphertext, ciphertext + ciphertext_size),
                                                  .terminal = {}};
        TRY(connect_for_decryption(asked));
        return client::decrypt(*asked.decrypting, request, teller(on_progress, context));
    };
    return answer(agent, ask, [&](const base::Bytes& bytes) { return give_bytes(bytes, plaintext, plaintext_size); });
}

int sceau_derive(sceau_agent* agent, const char* key_id, const unsigned char* public_key, size_t public_key_size,
                 sceau_on_progress* on_progress, void* context, unsigned char** secret, size_t* secret_size)
{
    if (is_one_missing(agent, key_id, public_key, secret, secret_size))
        return SCEAU_BAD_ARGUMENT;
    const auto ask = [&](sceau_agent& asked) -> Result<base::Bytes> {
        TRY_ASSIGN(const base::KeyId key, base::KeyId::parse(key_id));
        const ipc::Derive::Parameters request = {
            .key = key, .public_key = base::Bytes(public_key, public_key + public_key_size), .terminal = {}};
        TRY(connect_for_decryption(asked));
        return client::derive(*asked.decrypting, request, teller(on_progress, context));
    };
    return answer(agent, ask, [&](const base::Bytes& bytes) { return give_bytes(bytes, secret, secret_size); });
}

void sceau_free(void* memory)
{
    std::free(memory);
}
