// PKCS#11 2.40 §5.6: sessions. Login means nothing here, and whatever PIN a program has is not looked at.
#include "clients/pkcs11-module/module.h"

using namespace sceau::pkcs11_module;

namespace {

CK_STATE state_of(const Session& session, const Slot& slot)
{
    if ((session.flags & CKF_RW_SESSION) != 0)
        return slot.logged_in ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
    return slot.logged_in ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
}

// With the last session of a token the login goes.
void close(Module& module, std::map<CK_SESSION_HANDLE, Session>::iterator session)
{
    const CK_SLOT_ID slot = session->second.slot;
    module.sessions.erase(session);
    module.drop_secrets();
    for (const auto& [handle, other] : module.sessions)
        if (other.slot == slot)
            return;
    module.slots.find(slot)->logged_in = false;
}

} // namespace

// The token is write-protected, and yet a session for writing is granted: programs that ask for one only to sign give
// up otherwise. Writing itself is what is refused.
CK_RV C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void* /*application*/, CK_NOTIFY /*notify*/,
                    CK_SESSION_HANDLE* handle)
{
    return with_slot(id, [&](Module& module, Slot& slot) {
        if (handle == nullptr)
            return CKR_ARGUMENTS_BAD;
        if ((flags & CKF_SERIAL_SESSION) == 0)
            return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
        if (!slot.token)
            return CKR_TOKEN_NOT_PRESENT;
        *handle = ++module.last_session;
        module.sessions.emplace(*handle, Session{.slot = id,
                                                 .flags = flags & (CKF_SERIAL_SESSION | CKF_RW_SESSION),
                                                 .search = {},
                                                 .signing = {},
                                                 .decrypting = {},
                                                 .unwrapping = {},
                                                 .verifying = {},
                                                 .encrypting = {},
                                                 .digesting = {}});
        return CKR_OK;
    });
}

CK_RV C_CloseSession(CK_SESSION_HANDLE handle)
{
    return with_module([&](Module& module) {
        const auto session = module.sessions.find(handle);
        if (session == module.sessions.end())
            return CKR_SESSION_HANDLE_INVALID;
        close(module, session);
        return CKR_OK;
    });
}

CK_RV C_CloseAllSessions(CK_SLOT_ID id)
{
    return with_slot(id, [&](Module& module, Slot& slot) {
        std::erase_if(module.sessions, [&](const auto& entry) { return entry.second.slot == id; });
        module.drop_secrets();
        slot.logged_in = false;
        return CKR_OK;
    });
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO* info)
{
    return with_session(handle, [&](Session& session, Slot& slot) {
        if (info == nullptr)
            return CKR_ARGUMENTS_BAD;
        *info = {.slotID = slot.id, .state = state_of(session, slot), .flags = session.flags, .ulDeviceError = 0};
        return CKR_OK;
    });
}

CK_RV C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG pin_size)
{
    return with_session(handle, [&](Session&, Slot& slot) {
        if (!is_input(pin, pin_size))
            return CKR_ARGUMENTS_BAD;
        if (user != CKU_USER && user != CKU_SO && user != CKU_CONTEXT_SPECIFIC)
            return CKR_USER_TYPE_INVALID;
        slot.logged_in = slot.logged_in || user == CKU_USER;
        return CKR_OK;
    });
}

CK_RV C_Logout(CK_SESSION_HANDLE handle)
{
    return with_session(handle, [](Session&, Slot& slot) {
        slot.logged_in = false;
        return CKR_OK;
    });
}
