// sceau.h: the properties of tokens, keys and progress.
#include "clients/libsceau/libsceau.h"

#include <algorithm>

using namespace sceau;

namespace sceau::client {

std::unique_ptr<sceau_listing> listing_of(const std::vector<ipc::Token>& tokens, const std::vector<ipc::Key>& keys)
{
    auto listing = std::make_unique<sceau_listing>();
    for (const ipc::Token& token : tokens)
        listing->tokens.push_back({token});
    for (const ipc::Key& key : keys)
        listing->keys.push_back({.value = key, .id = key.id.hex()});
    return listing;
}

} // namespace sceau::client

namespace {

const unsigned char* bytes_of(const base::Bytes& bytes, size_t* size)
{
    if (size != nullptr)
        *size = bytes.size();
    return bytes.data();
}

int may(const sceau_key& key, ipc::Usage usage)
{
    const bool is_there = key.value.private_key != ipc::PrivateKey::missing;
    return is_there && std::ranges::find(key.value.usage, usage) != key.value.usage.end() ? 1 : 0;
}

} // namespace

void sceau_listing_free(sceau_listing* listing)
{
    delete listing;
}

const sceau_token* sceau_token_at(const sceau_listing* listing, size_t index)
{
    return index < listing->tokens.size() ? &listing->tokens[index] : nullptr;
}

const sceau_key* sceau_key_at(const sceau_listing* listing, size_t index)
{
    return index < listing->keys.size() ? &listing->keys[index] : nullptr;
}

const char* sceau_token_label(const sceau_token* token)
{
    return token->value.label.c_str();
}

const char* sceau_token_serial(const sceau_token* token)
{
    return token->value.serial.c_str();
}

const char* sceau_token_manufacturer(const sceau_token* token)
{
    return token->value.manufacturer.c_str();
}

const char* sceau_token_model(const sceau_token* token)
{
    return token->value.model.c_str();
}

const char* sceau_token_reader(const sceau_token* token)
{
    return token->value.reader.c_str();
}

const char* sceau_key_id(const sceau_key* key)
{
    return key->id.c_str();
}

const char* sceau_key_token_label(const sceau_key* key)
{
    return key->value.token_label.c_str();
}

const char* sceau_key_token_serial(const sceau_key* key)
{
    return key->value.token_serial.c_str();
}

const char* sceau_key_subject(const sceau_key* key)
{
    return key->value.subject.c_str();
}

const char* sceau_key_issuer(const sceau_key* key)
{
    return key->value.issuer.c_str();
}

const char* sceau_key_address(const sceau_key* key, size_t index)
{
    return index < key->value.addresses.size() ? key->value.addresses[index].c_str() : nullptr;
}

const char* sceau_key_not_before(const sceau_key* key)
{
    return key->value.not_before.c_str();
}

const char* sceau_key_not_after(const sceau_key* key)
{
    return key->value.not_after.c_str();
}

const char* sceau_key_algorithm(const sceau_key* key)
{
    return key->value.algorithm.c_str();
}

int sceau_key_bits(const sceau_key* key)
{
    return key->value.bits;
}

int sceau_key_may_sign(const sceau_key* key)
{
    return may(*key, ipc::Usage::sign);
}

int sceau_key_may_decrypt(const sceau_key* key)
{
    return may(*key, ipc::Usage::decrypt);
}

const char* sceau_key_scheme(const sceau_key* key, size_t index)
{
    return index < key->value.schemes.size() ? base::to_string(key->value.schemes[index]).data() : nullptr;
}

const unsigned char* sceau_key_certificate(const sceau_key* key, size_t* size)
{
    return bytes_of(key->value.certificate, size);
}

const unsigned char* sceau_key_chain(const sceau_key* key, size_t index, size_t* size)
{
    return index < key->value.chain.size() ? bytes_of(key->value.chain[index], size) : nullptr;
}

const char* sceau_key_missing_issuer(const sceau_key* key)
{
    return key->value.missing_issuer ? key->value.missing_issuer->c_str() : nullptr;
}

const char* sceau_progress_state(const sceau_progress* progress)
{
    return ipc::to_string(progress->value.state).data();
}

const char* sceau_progress_token_label(const sceau_progress* progress)
{
    return progress->value.token_label ? progress->value.token_label->c_str() : nullptr;
}

int sceau_progress_before(const sceau_progress* progress)
{
    return progress->value.before.value_or(-1);
}

int sceau_progress_tries_left(const sceau_progress* progress)
{
    return progress->value.tries_left.value_or(-1);
}
