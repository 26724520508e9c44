// One session on one slot, to read what the token shows without a login or to do one operation.
#pragma once

#include "base/secret.h"
#include "pkcs11/token/library.h"
#include "pkcs11/token/public_key.h"

namespace sceau::pkcs11::token {

struct PrivateKey {
    CK_OBJECT_HANDLE handle;
    bool always_authenticate; // CKA_ALWAYS_AUTHENTICATE
    std::size_t modulus_size; // bytes; 0 if the key is not RSA or does not reveal it
    bool is_proven = false;   // whether it has shown itself to be the other half of the public key
};

class Session {
  public:
    /// Opens a read-only session. The library must outlive it.
    static base::Result<Session> open(const Library& library, CK_SLOT_ID slot);

    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;
    /// Calls C_Logout and C_CloseSession, unless C_Finalize does better (Library::is_opensc).
    ~Session();

    /// The objects that the token shows; after the login, private keys are among them.
    Objects objects() const { return {functions(), handle_}; }

    /// C_Login. An empty PIN is typed at the reader. CKU_CONTEXT_SPECIFIC authorises the operation that has begun.
    base::Result<> login(CK_USER_TYPE user, const base::Secret& pin);

    /// Whether the token holds a certificate of this key or its public key, judged without a login.
    base::Result<bool> holds(const PublicKey& key, base::BytesView cka_id) const;

    /// Returns the private key that reveals that it belongs to this public key. If none does, returns all that may
    /// belong to it, those with its CKA_ID first. Called after the login, since private keys are invisible before.
    /// Fails with `key_not_found`.
    base::Result<std::vector<PrivateKey>> private_keys(const PublicKey& key, base::BytesView cka_id) const;

    /// Whether the signature (ECDSA, as DER) is by another key whose certificate or public key the token holds.
    base::Result<bool> is_by_another(const PublicKey& key, base::BytesView digest, base::BytesView signature) const;

    base::Result<> sign_init(CK_MECHANISM mechanism, const PrivateKey& key);
    /// C_Sign: returns the token's bytes unchanged.
    base::Result<base::Bytes> sign(base::BytesView data);

    base::Result<> decrypt_init(CK_MECHANISM mechanism, const PrivateKey& key);
    /// C_Decrypt: returns the token's bytes unchanged.
    base::Result<base::Bytes> decrypt(base::BytesView ciphertext);

    /// C_DeriveKey with CKM_ECDH1_DERIVE into an object of this session; returns the object's CKA_VALUE.
    base::Result<base::Bytes> derive(base::BytesView public_key, std::size_t value_size, const PrivateKey& key);

  private:
    Session(const Library& library, CK_SESSION_HANDLE handle) : library_(&library), handle_(handle) {}
    using Function = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG*);
    /// Does what C_Sign and C_Decrypt have in common.
    base::Result<base::Bytes> output_of(std::string_view name, Function function, base::BytesView data);
    CK_FUNCTION_LIST& functions() const { return library_->functions(); }
    PrivateKey describe(CK_OBJECT_HANDLE key) const;
    /// The CKA_IDs of the key's certificates and of its public key objects.
    base::Result<std::vector<base::Bytes>> names_of(const PublicKey& key, base::BytesView cka_id) const;

    const Library* library_;
    CK_SESSION_HANDLE handle_;
    bool logged_in_ = false;
};

} // namespace sceau::pkcs11::token
