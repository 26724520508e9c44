#include "clients/pkcs11-module/module.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>

namespace sceau::pkcs11_module {

namespace {

constexpr std::chrono::milliseconds kFirstPatience{5000};

// Not destroyed at the program's end: its other threads may still be calling.
constinit std::mutex g_mutex;
constinit Module* g_module = nullptr;
constinit pid_t g_initialized_in = 0;

// A child never finds the lock held by a thread that it does not have.
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
        watcher_ = client::Watcher(); // the connection of before the fork is the parent's
        process_ = process;
    }
    const auto news = watcher_.follow(may_wait_ ? kFirstPatience : std::chrono::milliseconds(0));
    if (news) // something came, or nothing in all that time
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
    // That of before a fork is the parent's.
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

bool is_mechanism(const CK_MECHANISM* mechanism)
{
    return mechanism != nullptr && (mechanism->pParameter != nullptr || mechanism->ulParameterLen == 0);
}

CK_RV initialize()
{
    return guarded([] {
        stay_usable_after_fork();
        const std::lock_guard lock(g_mutex);
        if (g_module != nullptr && g_initialized_in == ::getpid())
            return CKR_CRYPTOKI_ALREADY_INITIALIZED;
        auto module = std::make_unique<Module>();
        if (g_module != nullptr)
            module->take_slots_of(*g_module);
        delete std::exchange(g_module, module.release());
        g_initialized_in = ::getpid();
        return CKR_OK;
    });
}

CK_RV finalize()
{
    const std::lock_guard lock(g_mutex);
    if (g_module == nullptr)
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    delete std::exchange(g_module, nullptr);
    free_library_context();
    return CKR_OK;
}

CK_RV guarded(const std::function<CK_RV()>& function)
{
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return CKR_HOST_MEMORY;
    } catch (...) {
        return CKR_GENERAL_ERROR;
    }
}

CK_RV with_module(const std::function<CK_RV(Module&)>& function)
{
    return guarded([&] {
        const std::lock_guard lock(g_mutex);
        return g_module == nullptr ? CKR_CRYPTOKI_NOT_INITIALIZED : function(*g_module);
    });
}

CK_RV with_slot(CK_SLOT_ID id, const std::function<CK_RV(Module&, Slot&)>& function)
{
    return with_module([&](Module& module) {
        module.refresh();
        Slot* slot = module.slots.find(id);
        return slot == nullptr ? CKR_SLOT_ID_INVALID : function(module, *slot);
    });
}

CK_RV with_token(CK_SLOT_ID id, const std::function<CK_RV(Module&, Slot&)>& function)
{
    return with_slot(
        id, [&](Module& module, Slot& slot) { return slot.token ? function(module, slot) : CKR_TOKEN_NOT_PRESENT; });
}

CK_RV with_session(CK_SESSION_HANDLE handle, const std::function<CK_RV(Session&, Slot&)>& function)
{
    return with_session(handle, [&](Module&, Session& session, Slot& slot) { return function(session, slot); });
}

CK_RV with_session(CK_SESSION_HANDLE handle, const std::function<CK_RV(Module&, Session&, Slot&)>& function)
{
    return with_module([&](Module& module) {
        const auto found = module.sessions.find(handle);
        if (found == module.sessions.end())
            return CKR_SESSION_HANDLE_INVALID;
        Session& session = found->second;
        module.refresh();
        Slot* slot = module.slots.find(session.slot);
        if (slot->token)
            return function(module, session, *slot);
        session.search.reset(); // what fails is over (2.40 §5.2), or it could never be begun again
        session.signing.reset();
        session.decrypting.reset();
        session.unwrapping.reset();
        session.verifying.reset();
        session.encrypting.reset();
        session.digesting.reset();
        return CKR_DEVICE_REMOVED;
    });
}

} // namespace sceau::pkcs11_module
