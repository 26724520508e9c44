// PKCS#11 2.40 §5.8 and §5.12: encryption and verification, with the public key alone.
#include "clients/pkcs11-module/module.h"

using namespace sceau::pkcs11_module;

namespace {

using sceau::base::BytesView;

// Sets `operation` where it may begin.
template <class Operation>
CK_RV begin(std::optional<Operation>& operation, const Slot& slot, const CK_MECHANISM* mechanism,
            CK_OBJECT_HANDLE handle)
{
    if (!is_mechanism(mechanism))
        return CKR_ARGUMENTS_BAD;
    if (operation)
        return CKR_OPERATION_ACTIVE;
    const Object* key = slot.find(handle);
    if (key == nullptr)
        return CKR_KEY_HANDLE_INVALID;
    auto begun = Operation::begin(*key, *mechanism);
    if (!begun)
        return begun.error();
    operation = *std::move(begun);
    return CKR_OK;
}

CK_RV finish(Session& session, BytesView signature)
{
    return std::exchange(session.verifying, std::nullopt)->verify(signature);
}

CK_RV finish(Session& session, CK_BYTE* room, CK_ULONG* size)
{
    const auto encrypted = std::exchange(session.encrypting, std::nullopt)->finish();
    return encrypted ? give(*encrypted, room, size) : encrypted.error();
}

} // namespace

CK_RV C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return with_session(handle,
                        [&](Session& session, Slot& slot) { return begin(session.verifying, slot, mechanism, key); });
}

CK_RV C_Verify(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* signature, CK_ULONG size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(data, data_size) || !is_input(signature, size))
            return CKR_ARGUMENTS_BAD;
        if (!is_single_part(session.verifying))
            return CKR_OPERATION_NOT_INITIALIZED;
        const CK_RV added = add(session.verifying, BytesView(data, data_size));
        return added == CKR_OK ? finish(session, BytesView(signature, size)) : added;
    });
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(part, part_size))
            return CKR_ARGUMENTS_BAD;
        return session.verifying ? add(session.verifying, BytesView(part, part_size)) : CKR_OPERATION_NOT_INITIALIZED;
    });
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE* signature, CK_ULONG size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(signature, size))
            return CKR_ARGUMENTS_BAD;
        return session.verifying ? finish(session, BytesView(signature, size)) : CKR_OPERATION_NOT_INITIALIZED;
    });
}

CK_RV C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key)
{
    return with_session(handle,
                        [&](Session& session, Slot& slot) { return begin(session.encrypting, slot, mechanism, key); });
}

CK_RV C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE* data, CK_ULONG data_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(data, data_size) || size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!is_single_part(session.encrypting))
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        if (!has_room(session.encrypting->ciphertext_size(), encrypted, size, known))
            return known;
        const CK_RV added = add(session.encrypting, BytesView(data, data_size));
        return added == CKR_OK ? finish(session, encrypted, size) : added;
    });
}

// RSA has one block, which comes with the last part. Without room for what comes now it is a question for the length.
CK_RV C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE* part, CK_ULONG part_size, CK_BYTE* encrypted, CK_ULONG* size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (!is_input(part, part_size) || size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!session.encrypting)
            return CKR_OPERATION_NOT_INITIALIZED;
        *size = 0;
        return encrypted == nullptr ? CKR_OK : add(session.encrypting, BytesView(part, part_size));
    });
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE handle, CK_BYTE* encrypted, CK_ULONG* size)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (size == nullptr)
            return CKR_ARGUMENTS_BAD;
        if (!session.encrypting)
            return CKR_OPERATION_NOT_INITIALIZED;
        CK_RV known = CKR_OK;
        return has_room(session.encrypting->ciphertext_size(), encrypted, size, known)
                   ? finish(session, encrypted, size)
                   : known;
    });
}
