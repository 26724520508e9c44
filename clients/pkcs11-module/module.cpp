#include "clients/pkcs11-module/module.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace sceau::pkcs11_module {

namespace {

constexpr std::chrono::milliseconds kFirstPatience{5000};

// Never destroyed, because other threads of the program may still call the module when it ends.
constinit std::mutex g_mutex;
constinit Module* g_module = nullptr;
constinit pid_t g_initialized_in = 0;

// Keeps a child from finding the lock held by a thread that it does not have.
void stay_usable_after_fork()
{
    static const int registered =
        ::pthread_atfork([] { g_mutex.lock(); }, [] { g_mutex.unlock(); }, [] { g_mutex.unlock(); });
    static_cast<void>(registered);
}

} // namespace

void Module::refresh()
{
    if (const pid_t process = ::getpid(); process != process_) {
        watcher_ = client::Watcher(); // a connection made before the fork belongs to the parent
        process_ = process;
    }
    const auto news = watcher_.follow(may_wait_ ? kFirstPatience : std::chrono::milliseconds(0));
    if (news) // something arrived, or nothing did within the time allowed
        may_wait_ = false;
    if (!news || *news)
        slots.update(watcher_.seen());
}

void Module::take_slots_of(Module& parent)
{
    slots = std::move(parent.slots);
    slots.log_out();
    listed_slots = parent.listed_slots;
}

CK_OBJECT_HANDLE Module::add_secret(CK_SESSION_HANDLE session, Object secret)
{
    secret.handle = ++last_secret;
    secrets.push_back({.session = session, .object = std::move(secret)});
    return last_secret;
}

const Object* Module::find(const Slot& slot, CK_OBJECT_HANDLE object) const
{
    const auto found = std::ranges::find_if(secrets, [&](const SessionSecret& secret) {
        return secret.object.handle == object && sessions.at(secret.session).slot == slot.id;
    });
    return found == secrets.end() ? slot.find(object) : &found->object;
}

void Module::drop_secrets()
{
    std::erase_if(secrets, [&](const SessionSecret& secret) { return !sessions.contains(secret.session); });
}

std::optional<ipc::Client> Module::take_decrypting_connection()
{
    auto taken = std::exchange(decrypting_, std::nullopt);
    // A connection made before a fork belongs to the parent.
    return decrypting_in_ == ::getpid() && taken && taken->is_usable() ? std::move(taken) : std::nullopt;
}

void Module::keep_decrypting_connection(ipc::Client connection)
{
    if (decrypting_)
        return;
    decrypting_.emplace(std::move(connection));
    decrypting_in_ = ::getpid();
}

Answer<std::shared_ptr<const PrivateKey>> private_key(const Slot& slot, CK_OBJECT_HANDLE handle)
{
    const Object* object = slot.find(handle);
    if (object == nullptr)
        return std::unexpected(CKR_KEY_HANDLE_INVALID);
    if (!object->key)
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    return object->key;
}

Answer<> initialize()
{
    stay_usable_after_fork();
    const std::lock_guard lock(g_mutex);
    if (g_module != nullptr && g_initialized_in == ::getpid())
        return std::unexpected(CKR_CRYPTOKI_ALREADY_INITIALIZED);
    auto module = std::make_unique<Module>();
    if (g_module != nullptr)
        module->take_slots_of(*g_module);
    delete std::exchange(g_module, module.release());
    g_initialized_in = ::getpid();
    return {};
}

Answer<> finalize()
{
    const std::lock_guard lock(g_mutex);
    if (g_module == nullptr)
        return std::unexpected(CKR_CRYPTOKI_NOT_INITIALIZED);
    delete std::exchange(g_module, nullptr);
    free_library_context();
    return {};
}

Answer<InModule> in_module()
{
    std::unique_lock lock(g_mutex);
    if (g_module == nullptr)
        return std::unexpected(CKR_CRYPTOKI_NOT_INITIALIZED);
    return InModule{std::move(lock), *g_module};
}

Answer<InSlot> in_slot(CK_SLOT_ID id)
{
    TRY_ASSIGN(InModule in, in_module());
    in.module.refresh();
    Slot* slot = in.module.slots.find(id);
    if (slot == nullptr)
        return std::unexpected(CKR_SLOT_ID_INVALID);
    return InSlot{std::move(in.lock), in.module, *slot};
}

Answer<InSlot> in_token(CK_SLOT_ID id)
{
    TRY_ASSIGN(InSlot in, in_slot(id));
    if (!in.slot.token)
        return std::unexpected(CKR_TOKEN_NOT_PRESENT);
    return in;
}

Answer<InSession> in_session(CK_SESSION_HANDLE handle)
{
    TRY_ASSIGN(InModule in, in_module());
    const auto found = in.module.sessions.find(handle);
    if (found == in.module.sessions.end())
        return std::unexpected(CKR_SESSION_HANDLE_INVALID);
    Session& session = found->second;
    in.module.refresh();
    Slot& slot = *in.module.slots.find(session.slot);
    if (!slot.token) {
        session = Session(session.slot, session.flags); // a failed operation is over (2.40 §5.2)
        return std::unexpected(CKR_DEVICE_REMOVED);
    }
    return InSession{std::move(in.lock), in.module, slot, session};
}

} // namespace sceau::pkcs11_module
