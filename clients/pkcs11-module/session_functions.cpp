// PKCS#11 2.40 §5.6: sessions. A login has no effect here, and a program's PIN is ignored.
#include "clients/pkcs11-module/module.h"

namespace sceau::pkcs11_module {

namespace {

CK_STATE state_of(const Session& session, const Slot& slot)
{
    if ((session.flags & CKF_RW_SESSION) != 0)
        return slot.logged_in ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
    return slot.logged_in ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
}

// Sessions for writing are granted although the token is write-protected, because programs that ask for one only to
// sign would otherwise give up. Only the writing itself is refused.
Answer<> open_session(CK_SLOT_ID id, CK_FLAGS flags, CK_SESSION_HANDLE* handle)
{
    TRY_ASSIGN(InSlot in, in_slot(id));
    if (handle == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if ((flags & CKF_SERIAL_SESSION) == 0)
        return std::unexpected(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    if (!in.slot.token)
        return std::unexpected(CKR_TOKEN_NOT_PRESENT);
    *handle = ++in.module.last_session;
    in.module.sessions.emplace(*handle, Session(id, flags & (CKF_SERIAL_SESSION | CKF_RW_SESSION)));
    return {};
}

// Closing the last session of a token ends its login.
Answer<> close_session(CK_SESSION_HANDLE handle)
{
    TRY_ASSIGN(InModule in, in_module());
    const auto session = in.module.sessions.find(handle);
    if (session == in.module.sessions.end())
        return std::unexpected(CKR_SESSION_HANDLE_INVALID);
    const CK_SLOT_ID slot = session->second.slot;
    in.module.sessions.erase(session);
    in.module.drop_secrets();
    if (std::ranges::none_of(in.module.sessions, [&](const auto& entry) { return entry.second.slot == slot; }))
        in.module.slots.find(slot)->logged_in = false;
    return {};
}

Answer<> close_all_sessions(CK_SLOT_ID id)
{
    TRY_ASSIGN(InSlot in, in_slot(id));
    std::erase_if(in.module.sessions, [&](const auto& entry) { return entry.second.slot == id; });
    in.module.drop_secrets();
    in.slot.logged_in = false;
    return {};
}

Answer<> session_info(CK_SESSION_HANDLE handle, CK_SESSION_INFO* info)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (info == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    *info = {
        .slotID = in.slot.id, .state = state_of(in.session, in.slot), .flags = in.session.flags, .ulDeviceError = 0};
    return {};
}

Answer<> login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG pin_size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_input(pin, pin_size))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (user != CKU_USER && user != CKU_SO && user != CKU_CONTEXT_SPECIFIC)
        return std::unexpected(CKR_USER_TYPE_INVALID);
    in.slot.logged_in = in.slot.logged_in || user == CKU_USER;
    return {};
}

Answer<> logout(CK_SESSION_HANDLE handle)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    in.slot.logged_in = false;
    return {};
}

} // namespace

extern "C" {

CK_RV C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void* /*application*/, CK_NOTIFY /*notify*/,
                    CK_SESSION_HANDLE* handle)
{
    return at_edge(open_session, id, flags, handle);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE handle)
{
    return at_edge(close_session, handle);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID id)
{
    return at_edge(close_all_sessions, id);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO* info)
{
    return at_edge(session_info, handle, info);
}

CK_RV C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG pin_size)
{
    return at_edge(login, handle, user, pin, pin_size);
}

CK_RV C_Logout(CK_SESSION_HANDLE handle)
{
    return at_edge(logout, handle);
}

} // extern "C"

} // namespace sceau::pkcs11_module
