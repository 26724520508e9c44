// The slots of the module. There is one for each token that was ever seen, known by what it says about itself (and by
// its reader, if several say the same), and one spare, because programs such as Thunderbird look for new slots only
// when they start. A slot keeps its number, and its objects keep their handles, while the process lives: a token that
// was unplugged and plugged in again, even into another reader, can be used as before.
#pragma once

#include "clients/pkcs11-module/objects.h"

#include <deque>
#include <optional>
#include <string>

namespace sceau::pkcs11_module {

struct Slot {
    CK_SLOT_ID id = 0;
    std::optional<ipc::Token> token; // set while it is plugged in
    std::vector<ipc::Key> keys;      // the keys that the objects were made from
    std::vector<Object> objects;
    std::string identity; // of the token that has this slot; empty for the spare slot
    std::string reader;   // the token's present or last reader
    bool logged_in = false;
    bool changed = false; // since C_WaitForSlotEvent last reported it

    const Object* find(CK_OBJECT_HANDLE handle) const;
};

class Slots {
  public:
    Slots() { add(); }

    void update(const ipc::Watch::Reply& seen);
    void log_out();

    std::deque<Slot>& all() { return slots_; }
    /// Returns null if there is no such slot.
    Slot* find(CK_SLOT_ID id) { return id < slots_.size() ? &slots_[id] : nullptr; }

  private:
    Slot& add();
    Slot* slot_in_reader(const ipc::Token& token);
    Slot& slot_for(const ipc::Token& token, const std::vector<bool>& present);
    void fill(Slot& slot, const ipc::Token& token, const std::vector<ipc::Key>& keys);
    CK_OBJECT_HANDLE handle_of(const Slot& slot, const Object& object);

    std::deque<Slot> slots_; // a deque, so that adding a slot does not move the others
    std::map<std::tuple<CK_SLOT_ID, CK_OBJECT_CLASS, base::Bytes, base::Bytes>, CK_OBJECT_HANDLE> handles_;
};

} // namespace sceau::pkcs11_module
