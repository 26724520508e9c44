// The module's state in this process, and how the functions of the standard access it: under one lock, which is never
// held while a person is asked.
#pragma once

#include "clients/lib/watcher.h"
#include "clients/pkcs11-module/decryption.h"
#include "clients/pkcs11-module/digesting.h"
#include "clients/pkcs11-module/key_unwrapping.h"
#include "clients/pkcs11-module/public_key_use.h"
#include "clients/pkcs11-module/signing_operation.h"
#include "clients/pkcs11-module/slots.h"
#include "ipc/client.h"

#include <map>
#include <mutex>

namespace sceau::pkcs11_module {

struct Search {
    std::vector<CK_OBJECT_HANDLE> found;
    std::size_t given = 0;
};

/// Unlike a session of the standard (2.40 §5.6), this one survives its token's absence, so that a program that keeps it
/// open need not be restarted.
struct Session {
    Session(CK_SLOT_ID of_slot, CK_FLAGS with_flags) : slot(of_slot), flags(with_flags) {}

    CK_SLOT_ID slot;
    CK_FLAGS flags;
    std::optional<Search> search;
    std::optional<SigningOperation> signing;
    std::optional<DecryptionOperation> decrypting; // this or `unwrapping`, between C_DecryptInit and C_Decrypt
    std::optional<KeyUnwrapping> unwrapping;
    std::optional<VerificationOperation> verifying;
    std::optional<EncryptionOperation> encrypting;
    std::optional<DigestOperation> digesting;
};

/// A signature that the person has just refused. OpenSSL's engine asks for it again at once in another way.
struct Refusal {
    SignatureRequest request;
    std::chrono::steady_clock::time_point until;
};

/// A refused decryption, known by its ciphertext, or a refused derivation, known by its public key.
struct RefusedDecryption {
    base::Bytes input;
    CK_RV answer = CKR_OK;
    std::chrono::steady_clock::time_point until;
};

/// A secret made by C_DeriveKey. It exists as long as its session is open.
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
    std::size_t listed_slots = 0; // the number that C_GetSlotList has shown

    /// Applies the agent's news. Never waits, except once, up to 5 s, for the agent's first message.
    void refresh();

    /// Takes over the slots in a forked child. Programs such as libp11 keep a slot's number and a key's handle across a
    /// fork and would use another token's key if the numbers meant something else in the child.
    void take_slots_of(Module& parent);

    CK_OBJECT_HANDLE add_secret(CK_SESSION_HANDLE session, Object secret);
    /// Returns an object of that slot's token or a secret of one of its sessions, or null if there is none.
    const Object* find(const Slot& slot, CK_OBJECT_HANDLE object) const;
    /// Drops the secrets of closed sessions.
    void drop_secrets();

    /// Returns the connection of the last decryption, or nothing if it is in use or lost. It is kept because the agent
    /// answers a decryption repeated on the same connection without asking. Whoever decrypts takes it out, since the
    /// lock is not held while a person is asked.
    std::optional<ipc::Client> take_decrypting_connection();
    void keep_decrypting_connection(ipc::Client connection);

  private:
    static constexpr CK_OBJECT_HANDLE kFirstSecret = 0x4000'0000; // slots count from 1
    std::optional<ipc::Client> decrypting_;
    pid_t decrypting_in_ = 0;
    client::Watcher watcher_;
    pid_t process_ = 0; // the process that watcher_ belongs to
    bool may_wait_ = true;
};

/// Fails with CKR_CRYPTOKI_ALREADY_INITIALIZED the second time in one process. A forked child is another process.
Answer<> initialize();
Answer<> finalize();

// The state that a function of the standard works on, checked in the standard's order. The module is locked as long as
// one of these lives, or until it is unlocked before a person is asked; after that, nothing in it may be touched.

struct InModule {
    std::unique_lock<std::mutex> lock;
    Module& module;
};

struct InSlot {
    std::unique_lock<std::mutex> lock;
    Module& module;
    Slot& slot;
};

struct InSession {
    std::unique_lock<std::mutex> lock;
    Module& module;
    Slot& slot;
    Session& session;

    void unlock() { lock.unlock(); }
};

/// Fails with CKR_CRYPTOKI_NOT_INITIALIZED.
Answer<InModule> in_module();

/// Also fails with CKR_SLOT_ID_INVALID.
Answer<InSlot> in_slot(CK_SLOT_ID id);

/// Returns a slot whose token is plugged in. Also fails with CKR_TOKEN_NOT_PRESENT.
Answer<InSlot> in_token(CK_SLOT_ID id);

/// Fails with CKR_SESSION_HANDLE_INVALID, and with CKR_DEVICE_REMOVED while the session's token is not plugged in.
Answer<InSession> in_session(CK_SESSION_HANDLE handle);

/// Fails with CKR_KEY_HANDLE_INVALID, or with CKR_KEY_TYPE_INCONSISTENT for an object that is not a private key.
Answer<std::shared_ptr<const PrivateKey>> private_key(const Slot& slot, CK_OBJECT_HANDLE handle);

/// Takes an operation out for its next or last step. It is then over, as it must be when it fails (2.40 §5.2) or is
/// done, unless the caller puts it back.
template <class Operation>
Operation taken(std::optional<Operation>& operation)
{
    Operation out = std::move(*operation);
    operation.reset();
    return out;
}

/// Fails with CKR_OPERATION_NOT_INITIALIZED if the operation has not begun.
template <class Operation>
Answer<> check_begun(const std::optional<Operation>& operation)
{
    if (!operation)
        return std::unexpected(CKR_OPERATION_NOT_INITIALIZED);
    return {};
}

/// Fails likewise, and ends the operation, if it has begun in parts, because C_Sign, C_Verify, C_Encrypt and C_Digest
/// do not continue those (2.40 §5.8 to §5.12).
template <class Operation>
Answer<> check_single_part(std::optional<Operation>& operation)
{
    if (operation && operation->has_begun())
        operation.reset();
    return check_begun(operation);
}

/// Adds the next part to the operation. If that fails, the operation is over.
template <class Operation>
Answer<> add_part(std::optional<Operation>& operation, base::BytesView part)
{
    TRY(check_begun(operation));
    Operation next = taken(operation);
    TRY(next.add(part));
    operation = std::move(next);
    return {};
}

} // namespace sceau::pkcs11_module
