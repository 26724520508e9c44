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

#include <map>
#include <mutex>

namespace sceau::pkcs11_module {

struct Search {
    std::vector<CK_OBJECT_HANDLE> found;
    std::size_t given = 0;
};

/// It outlives the token's absence, unlike the standard's (2.40 §5.6): a program that keeps one open needs no restart.
struct Session {
    Session(CK_SLOT_ID of_slot, CK_FLAGS with_flags) : slot(of_slot), flags(with_flags) {}

    CK_SLOT_ID slot;
    CK_FLAGS flags;
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
Answer<> initialize();
Answer<> finalize();

// What a function of the standard is called with, checked in the standard's order. The module is locked for it as long
// as one of these lives, or until it is unlocked: before a person is asked, and then nothing of it is touched any more.

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

/// CKR_CRYPTOKI_NOT_INITIALIZED.
Answer<InModule> in_module();

/// CKR_SLOT_ID_INVALID besides.
Answer<InSlot> in_slot(CK_SLOT_ID id);

/// In a slot whose token is plugged in: CKR_TOKEN_NOT_PRESENT besides.
Answer<InSlot> in_token(CK_SLOT_ID id);

/// CKR_SESSION_HANDLE_INVALID, and CKR_DEVICE_REMOVED while its token is not plugged in.
Answer<InSession> in_session(CK_SESSION_HANDLE handle);

/// CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT for what is no private key.
Answer<std::shared_ptr<const PrivateKey>> private_key(const Slot& slot, CK_OBJECT_HANDLE handle);

/// An operation for its next or last step. It is over, as what fails is (2.40 §5.2) and what is done, unless it is put
/// back.
template <class Operation>
Operation taken(std::optional<Operation>& operation)
{
    Operation out = *std::move(operation);
    operation.reset();
    return out;
}

/// CKR_OPERATION_NOT_INITIALIZED where it is not under way.
template <class Operation>
Answer<> check_begun(const std::optional<Operation>& operation)
{
    if (!operation)
        return std::unexpected(CKR_OPERATION_NOT_INITIALIZED);
    return {};
}

/// The same where it is under way in parts, with which C_Sign, C_Verify, C_Encrypt and C_Digest do not go on (2.40 §5.8
/// to §5.12). It is over then.
template <class Operation>
Answer<> check_single_part(std::optional<Operation>& operation)
{
    if (operation && operation->has_begun())
        operation.reset();
    return check_begun(operation);
}

/// The next part of what is under way.
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
