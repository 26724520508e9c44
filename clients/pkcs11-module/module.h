// The module's state in this process, and how the functions of the standard get at it: under one lock, which is never
// held while a person is waited for.
#pragma once

#include "clients/lib/watcher.h"
#include "clients/pkcs11-module/decryption.h"
#include "clients/pkcs11-module/digesting.h"
#include "clients/pkcs11-module/key_unwrapping.h"
#include "clients/pkcs11-module/public_key_use.h"
#include "clients/pkcs11-module/signing_operation.h"
#include "clients/pkcs11-module/slots.h"
#include "ipc/client.h"

#include <functional>
#include <map>

namespace sceau::pkcs11_module {

struct Search {
    std::vector<CK_OBJECT_HANDLE> found;
    std::size_t given = 0;
};

/// It outlives the token's absence, unlike the standard's (2.40 §5.6): a program that keeps one open needs no restart.
struct Session {
    CK_SLOT_ID slot = 0;
    CK_FLAGS flags = 0;
    std::optional<Search> search;
    std::optional<SigningOperation> signing;
    std::optional<DecryptionOperation> decrypting; // this or the next, between C_DecryptInit and C_Decrypt
    std::optional<KeyUnwrapping> unwrapping;
    std::optional<VerificationOperation> verifying;
    std::optional<EncryptionOperation> encrypting;
    std::optional<DigestOperation> digesting;
};

/// A signature that the person has just refused: OpenSSL's engine asks for it again at once, by another way.
struct Refusal {
    SignatureRequest request;
    std::chrono::steady_clock::time_point until;
};

/// The same of a decryption, by its ciphertext, or of a derivation, by its public key.
struct RefusedDecryption {
    base::Bytes input;
    CK_RV answer = CKR_OK;
    std::chrono::steady_clock::time_point until;
};

/// What C_DeriveKey made: there as long as its session is open.
struct SessionSecret {
    CK_SESSION_HANDLE session = 0;
    Object object;
};

struct Module {
    Slots slots;
    std::map<CK_SESSION_HANDLE, Session> sessions;
    CK_SESSION_HANDLE last_session = 0;
    std::vector<SessionSecret> secrets;
    CK_OBJECT_HANDLE last_secret = kFirstSecret;
    std::optional<Refusal> refusal;
    std::optional<RefusedDecryption> refused_decryption;
    std::size_t listed_slots = 0; // as many as C_GetSlotList has shown

    /// Takes in what the agent has told since. Never waits, but for the very first that an agent tells, 5 s and once.
    void refresh();

    /// In a child that was forked: programs, such as libp11, keep a slot's number and a key's handle over the fork, and
    /// would use another token's key if these named others there.
    void take_slots_of(Module& parent);

    CK_OBJECT_HANDLE add_secret(CK_SESSION_HANDLE session, Object secret);
    /// An object of that slot's token, or a secret of one of its sessions; null where there is none.
    const Object* find(const Slot& slot, CK_OBJECT_HANDLE object) const;
    /// Those of sessions that were closed.
    void drop_secrets();

    /// The agent answers a repeated decryption on the same connection without asking, so it is kept from one to the
    /// next. Taken out by whoever decrypts: the lock is not held while a person is asked. None where it is in use or
    /// gone.
    std::optional<ipc::Client> take_decrypting_connection();
    void keep_decrypting_connection(ipc::Client connection);

  private:
    static constexpr CK_OBJECT_HANDLE kFirstSecret = 0x4000'0000; // Slots count from 1
    std::optional<ipc::Client> decrypting_;
    pid_t decrypting_in_ = 0;
    client::Watcher watcher_;
    pid_t process_ = 0; // that watcher_ belongs to
    bool may_wait_ = true;
};

/// CKR_CRYPTOKI_ALREADY_INITIALIZED the second time in one process. A child that was forked is another process.
CK_RV initialize();
CK_RV finalize();

// What the functions of the standard are called with, checked in the standard's order. `function` answers for them
// under the lock; no exception leaves.

/// CKR_CRYPTOKI_NOT_INITIALIZED.
CK_RV with_module(const std::function<CK_RV(Module&)>& function);

/// CKR_SLOT_ID_INVALID besides.
CK_RV with_slot(CK_SLOT_ID id, const std::function<CK_RV(Module&, Slot&)>& function);

/// Of a slot whose token is plugged in: CKR_TOKEN_NOT_PRESENT besides.
CK_RV with_token(CK_SLOT_ID id, const std::function<CK_RV(Module&, Slot&)>& function);

/// CKR_SESSION_HANDLE_INVALID, and CKR_DEVICE_REMOVED while its token is not plugged in.
CK_RV with_session(CK_SESSION_HANDLE handle, const std::function<CK_RV(Module&, Session&, Slot&)>& function);
CK_RV with_session(CK_SESSION_HANDLE handle, const std::function<CK_RV(Session&, Slot&)>& function);

/// CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT for what is no private key.
Answer<std::shared_ptr<const PrivateKey>> private_key(const Slot& slot, CK_OBJECT_HANDLE handle);

/// Not null, and with the parameter that it says it has.
bool is_mechanism(const CK_MECHANISM* mechanism);

/// Null only where there is nothing.
inline bool is_input(const void* data, CK_ULONG size)
{
    return data != nullptr || size == 0;
}

/// No exception, such as of memory that ran out, enters a program in C.
CK_RV guarded(const std::function<CK_RV()>& function);

/// Whether it is under way and without parts yet, as C_Sign, C_Verify, C_Encrypt and C_Digest want it (2.40 §5.8 to
/// §5.12). One in parts is over: what fails is.
template <class Operation>
bool is_single_part(std::optional<Operation>& operation)
{
    if (operation && operation->has_begun())
        operation.reset();
    return operation.has_value();
}

/// The next part of what is under way. What fails is over (2.40 §5.2).
template <class Operation>
CK_RV add(std::optional<Operation>& operation, base::BytesView part)
{
    const CK_RV added = operation->add(part);
    if (added != CKR_OK)
        operation.reset();
    return added;
}

/// Before what comes out is made: a question for its size, or a buffer that is too short, leaves the operation as it is
/// (2.40 §5.2), and has this answer.
inline bool has_room(std::size_t needed, const CK_BYTE* room, CK_ULONG* size, CK_RV& answer)
{
    const CK_ULONG available = *size;
    *size = needed;
    answer = room == nullptr ? CKR_OK : CKR_BUFFER_TOO_SMALL;
    return room != nullptr && available >= needed;
}

/// A list or bytes as the standard gives them (2.40 §5.2): the count alone without room for them.
template <class T>
CK_RV give(const std::vector<T>& values, T* room, CK_ULONG* count)
{
    if (count == nullptr)
        return CKR_ARGUMENTS_BAD;
    const CK_ULONG available = *count;
    *count = values.size();
    if (room == nullptr)
        return CKR_OK;
    if (available < values.size())
        return CKR_BUFFER_TOO_SMALL;
    std::copy(values.begin(), values.end(), room);
    return CKR_OK;
}

} // namespace sceau::pkcs11_module
