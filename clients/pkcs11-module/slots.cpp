#include "clients/pkcs11-module/slots.h"

#include <algorithm>

namespace sceau::pkcs11_module {

namespace {

// The names by which a token identifies itself.
std::string identity_of(const ipc::Token& token)
{
    std::string identity;
    for (const std::string* part : {&token.label, &token.serial, &token.manufacturer, &token.model})
        identity += *part + '\0';
    return identity;
}

std::vector<ipc::Key> keys_on(const ipc::Token& token, const std::vector<ipc::Key>& keys)
{
    std::vector<ipc::Key> own;
    std::ranges::copy_if(keys, std::back_inserter(own), [&](const ipc::Key& key) {
        return key.token_label == token.label && key.token_serial == token.serial &&
               key.token_reader.value_or(token.reader) == token.reader && key.private_key != ipc::PrivateKey::missing;
    });
    return own;
}

} // namespace

const Object* Slot::find(CK_OBJECT_HANDLE handle) const
{
    const auto found = std::ranges::find(objects, handle, &Object::handle);
    return found == objects.end() ? nullptr : &*found;
}

void Slots::update(const ipc::Watch::Reply& seen)
{
    std::vector<bool> present(slots_.size() + seen.tokens.size(), false);
    const auto take = [&](Slot& slot, const ipc::Token& token) {
        present[slot.id] = true;
        fill(slot, token, keys_on(token, seen.keys));
    };
    for (const ipc::Token& token : seen.tokens) // tokens that are still in their readers keep their slots
        if (Slot* slot = slot_in_reader(token); slot != nullptr && !present[slot->id])
            take(*slot, token);
    for (const ipc::Token& token : seen.tokens)
        if (const Slot* slot = slot_in_reader(token);
            slot == nullptr || !present[slot->id]) // otherwise the token is seen through two modules
            take(slot_for(token, present), token);
    for (Slot& slot : slots_) {
        if (present[slot.id] || !slot.token)
            continue;
        slot.token.reset();
        slot.logged_in = false;
        slot.changed = true;
    }
    if (!slots_.back().identity.empty())
        add();
}

void Slots::log_out()
{
    for (Slot& slot : slots_)
        slot.logged_in = false;
}

Slot* Slots::slot_in_reader(const ipc::Token& token)
{
    const std::string identity = identity_of(token);
    const auto found = std::ranges::find_if(
        slots_, [&](const Slot& slot) { return slot.identity == identity && slot.reader == token.reader; });
    return found == slots_.end() ? nullptr : &*found;
}

Slot& Slots::slot_for(const ipc::Token& token, const std::vector<bool>& present)
{
    const std::string identity = identity_of(token);
    auto found =
        std::ranges::find_if(slots_, [&](const Slot& slot) { return slot.identity == identity && !present[slot.id]; });
    if (found == slots_.end())
        found = std::ranges::find(slots_, std::string(), &Slot::identity);
    Slot& slot = found == slots_.end() ? add() : *found;
    slot.identity = identity;
    slot.reader = token.reader;
    return slot;
}

Slot& Slots::add()
{
    Slot& added = slots_.emplace_back();
    added.id = slots_.size() - 1;
    return added;
}

void Slots::fill(Slot& slot, const ipc::Token& token, const std::vector<ipc::Key>& keys)
{
    slot.changed = slot.changed || !slot.token;
    slot.token = token;
    if (slot.keys == keys)
        return;
    slot.keys = keys;
    slot.objects = objects_of(keys);
    for (Object& object : slot.objects)
        object.handle = handle_of(slot, object);
}

CK_OBJECT_HANDLE Slots::handle_of(const Slot& slot, const Object& object)
{
    // Several keys of one token may share a CKA_ID.
    const auto what = object.object_class == CKO_CERTIFICATE ? CKA_VALUE : CKA_PUBLIC_KEY_INFO;
    const auto next = static_cast<CK_OBJECT_HANDLE>(handles_.size() + 1);
    return handles_
        .try_emplace({slot.id, object.object_class, object.attributes.at(CKA_ID), object.attributes.at(what)}, next)
        .first->second;
}

} // namespace sceau::pkcs11_module
