// The slots of the module: one for each token that was ever seen, by what the token says of itself (and by its reader,
// where several say the same), and one to spare, since programs such as Thunderbird look for new slots only when they
// start. A slot keeps its number and its objects keep their handles while the process lives: a token that was pulled
// and put back, into whichever reader, is used as if nothing had happened.
#pragma once

#include "clients/pkcs11-module/objects.h"

#include <deque>
#include <optional>
#include <string>

namespace sceau::pkcs11_module {

struct Slot {
    CK_SLOT_ID id = 0;
    std::optional<ipc::Token> token; // plugged in now
    std::vector<ipc::Key> keys;      // what the objects were made of
    std::vector<Object> objects;
    std::string identity; // of the token that has this slot; empty for the one to spare
    std::string reader;   // where that token is or was
    bool logged_in = false;
    bool changed = false; // since C_WaitForSlotEvent told of it

    const Object* find(CK_OBJECT_HANDLE handle) const;
};

class Slots {
  public:
    Slots() { add(); }

    void update(const ipc::Watch::Reply& seen);
    void log_out();

    std::deque<Slot>& all() { return slots_; }
    /// Null where there is none.
    Slot* find(CK_SLOT_ID id) { return id < slots_.size() ? &slots_[id] : nullptr; }

  private:
    Slot& add();
    Slot* slot_in_reader(const ipc::Token& token);
    Slot& slot_for(const ipc::Token& token, const std::vector<bool>& present);
    void fill(Slot& slot, const ipc::Token& token, const std::vector<ipc::Key>& keys);
    CK_OBJECT_HANDLE handle_of(const Slot& slot, const Object& object);

    std::deque<Slot> slots_; // a new one leaves the others where they are
    std::map<std::tuple<CK_SLOT_ID, CK_OBJECT_CLASS, base::Bytes, base::Bytes>, CK_OBJECT_HANDLE> handles_;
};

} // namespace sceau::pkcs11_module
