// One session on one slot: for what the token shows without a login, and for one operation.
#pragma once

#include "base/secret.h"
#include "pkcs11/token/library.h"
#include "pkcs11/token/public_key.h"

namespace sceau::pkcs11::token {

struct PrivateKey {
    CK_OBJECT_HANDLE handle;
    bool always_authenticate; // CKA_ALWAYS_AUTHENTICATE
    std::size_t modulus_size; // bytes; 0 where the key is not RSA, or does not tell
    bool is_proven = false;   // it has told that it is the public key's other half
};

class Session {
  public:
    /// A read-only session. The library outlives it.
    static base::Result<Session> open(const Library& library, CK_SLOT_ID slot);

    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;
    /// C_Logout and C_CloseSession, unless the module does both better at C_Finalize (Library::is_opensc).
    ~Session();

    /// What the token shows; after the login private keys too.
    Objects objects() const { return {functions(), handle_}; }

    /// C_Login. An empty PIN is typed at the reader. CKU_CONTEXT_SPECIFIC authorises the operation that was begun.
    base::Result<> login(CK_USER_TYPE user, const base::Secret& pin);

    /// Whether the token holds a certificate of this key, or its public key: what is seen without a login.
    base::Result<bool> holds(const PublicKey& key, base::BytesView cka_id) const;

    /// After the login: before it private keys cannot be seen. The one that tells that it is this key's private half;
    /// where none tells, all that may be it, those with its CKA_ID first. `key_not_found`.
    base::Result<std::vector<PrivateKey>> private_keys(const PublicKey& key, base::BytesView cka_id) const;

    /// Whether a signature (ECDSA, as DER) is by another key of which the token holds a certificate or the public key.
    base::Result<bool> is_by_another(const PublicKey& key, base::BytesView digest, base::BytesView signature) const;

    base::Result<> sign_init(CK_MECHANISM mechanism, const PrivateKey& key);
    /// C_Sign: the token's bytes as they are.
    base::Result<base::Bytes> sign(base::BytesView data);

    base::Result<> decrypt_init(CK_MECHANISM mechanism, const PrivateKey& key);
    /// C_Decrypt: the token's bytes as they are.
    base::Result<base::Bytes> decrypt(base::BytesView ciphertext);

    /// C_DeriveKey with CKM_ECDH1_DERIVE, into an object of this session, and its CKA_VALUE.
    base::Result<base::Bytes> derive(base::BytesView public_key, std::size_t value_size, const PrivateKey& key);

  private:
    Session(const Library& library, CK_SESSION_HANDLE handle) : library_(&library), handle_(handle) {}
    using Function = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG*);
    /// C_Sign and C_Decrypt are alike.
    base::Result<base::Bytes> output_of(std::string_view name, Function function, base::BytesView data);
    CK_FUNCTION_LIST& functions() const { return library_->functions(); }
    PrivateKey describe(CK_OBJECT_HANDLE key) const;
    /// The key's CKA_ID as the certificate has it, and as its public key object has it.
    base::Result<std::vector<base::Bytes>> names_of(const PublicKey& key, base::BytesView cka_id) const;

    const Library* library_;
    CK_SESSION_HANDLE handle_;
    bool logged_in_ = false;
};

} // namespace sceau::pkcs11::token
