#include "pkcs11/token/use_key.h"

#include "base/channel.h"
#include "pkcs11/token/decryption.h"
#include "pkcs11/token/opensc.h"
#include "pkcs11/token/report.h"
#include "pkcs11/token/reset.h"
#include "pkcs11/token/session.h"
#include "pkcs11/token/signature.h"
#include "pkcs11/token/transaction.h"

#include <fmt/format.h>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::ErrorCode;
using base::Result;
using base::Secret;

namespace {

/// Calls C_Login. If the token refuses the PIN, the error depends on what it then says about the PIN.
Result<> login(Session& session, const Secret& pin, const Library& library, CK_SLOT_ID slot)
{
    auto done = session.login(CKU_USER, pin);
    if (done || done.error().code != ErrorCode::pin_incorrect)
        return done;
    const auto info = library.token_info(slot);
    return std::unexpected(refused_pin(info ? pin_state_of(*info) : PinState{}, done.error().message));
}

/// Logs in for the operation that has begun, with the PIN that the token has just accepted. Since that PIN is right,
/// the person is not asked again: that would use up the tries of two PINs in turn.
Result<> login_for_key(Session& session, const Secret& pin)
{
    auto done = session.login(CKU_CONTEXT_SPECIFIC, pin);
    if (done || done.error().code != ErrorCode::pin_incorrect)
        return done;
    return std::unexpected(
        base::unsupported("the token took the PIN but not for this key, which seems to have a PIN of its own"));
}

struct KeyTypeFor {
    CK_KEY_TYPE operator()(const Signature& operation) const
    {
        return base::traits(operation.scheme).key_type == base::KeyType::rsa ? CKK_RSA : CKK_EC;
    }
    CK_KEY_TYPE operator()(const Decryption&) const { return CKK_RSA; }
    CK_KEY_TYPE operator()(const Derivation&) const { return CKK_EC; }
};

/// Returns the mechanism once it is known that the token supports the operation with it.
struct MakePlan {
    Result<CK_MECHANISM> operator()(const Signature& operation) const
    {
        const CK_MECHANISM mechanism = mechanism_of(operation.scheme);
        TRY(library.check_mechanism(slot, mechanism.mechanism, CKF_SIGN));
        return mechanism;
    }
    Result<CK_MECHANISM> operator()(const Decryption& operation) const
    {
        return decryption_mechanism(library, slot, operation.scheme);
    }
    Result<CK_MECHANISM> operator()(const Derivation&) const
    {
        TRY(library.check_mechanism(slot, CKM_ECDH1_DERIVE, CKF_DERIVE));
        return CK_MECHANISM{CKM_ECDH1_DERIVE, nullptr, 0};
    }

    const Library& library;
    CK_SLOT_ID slot;
};

/// Does the operation with the first key that proves to be the right one. No command may go to the card between the
/// context login and its operation, since that login authorises only the next command. The PIN is wiped as soon as the
/// last login that needs it is over.
/// only. The PIN is wiped as soon as the last login that needs it is over.
struct Perform {
    template <class Kind>
    Result<Bytes> operator()(const Kind& operation)
    {
        Result<Bytes> output = std::unexpected(base::key_not_found("the token has no private key"));
        for (const PrivateKey& key : keys) {
            is_last = &key == &keys.back();
            output = with(key, operation);
            if (output || output.error().code != ErrorCode::key_not_found)
                return output;
        }
        return output;
    }

    Result<Bytes> with(const PrivateKey& key, const Signature& operation)
    {
        TRY(taken(session.sign_init(mechanism, key)));
        TRY(authorise(key));
        TRY_ASSIGN(const Bytes output, session.sign(input_of(operation.scheme, operation.digest)));
        TRY_ASSIGN(auto signature, signature_of(operation.scheme, output, key.modulus_size));
        const auto digest = operation.digest.bytes();
        if (key.is_proven || public_key.type() == CKK_RSA || public_key.verifies(digest, signature))
            return signature;
        // The agent decides about a signature that is wrong for another reason.
        TRY_ASSIGN(const bool is_anothers, session.is_by_another(public_key, digest, signature));
        if (is_anothers || !is_last)
            return std::unexpected(not_its_key());
        return signature;
    }
    Result<Bytes> with(const PrivateKey& key, const Decryption& operation)
    {
        TRY(session.decrypt_init(mechanism, key));
        TRY(authorise(key));
        return encoded_message(operation.scheme, mechanism.mechanism, session.decrypt(operation.ciphertext),
                               operation.ciphertext.size());
    }
    // C_DeriveKey is a single call, which leaves no moment for a context login (PKCS#11 v2.40 §5.6, C_Login).
    Result<Bytes> with(const PrivateKey& key, const Derivation& operation)
    {
        pin.wipe();
        if (keys.size() > 1) { // a derivation with the curve's generator gives the public key
            const Bytes generator = public_key.generator();
            TRY_ASSIGN(const Bytes x, taken(session.derive(generator, (generator.size() - 1) / 2, key)));
            if (x != public_key.x())
                return std::unexpected(not_its_key());
        }
        return session.derive(operation.public_key, (operation.public_key.size() - 1) / 2, key);
    }

    Result<> authorise(const PrivateKey& key)
    {
        if (key.always_authenticate)
            TRY(login_for_key(session, pin));
        if (is_last)
            pin.wipe();
        return {};
    }

    /// Reports a key that cannot do this as another key as long as there are more to try.
    template <class T>
    Result<T> taken(Result<T> result) const
    {
        if (!result && result.error().code == ErrorCode::unsupported && !is_last)
            return std::unexpected(not_its_key());
        return result;
    }

    static base::Error not_its_key()
    {
        return base::key_not_found("none of the token's private keys belongs to the certificate");
    }

    Session& session;
    const PublicKey& public_key;
    CK_MECHANISM mechanism;
    const std::vector<PrivateKey>& keys;
    Secret& pin;
    bool is_last = false;
};

/// The task's token and a session on it, which ends when the token is removed.
struct Found {
    Slot slot;
    Session session;
};

/// Of several tokens with the same names, returns the one that holds the certificate or public key of the task's key.
Result<Found> find_token(const Library& library, const KeyTask& task, const PublicKey& key)
{
    TRY_ASSIGN(const auto slots, library.find(task.token, task.slot));
    Result<bool> holds = false;
    for (const Slot& slot : slots) {
        TRY_ASSIGN(Session session, Session::open(library, slot.id));
        TRY(library.check_token(slot));
        holds = session.holds(key, task.cka_id);
        if (holds && *holds)
            return Found{.slot = slot, .session = std::move(session)};
    }
    TRY(holds);
    return std::unexpected(base::key_not_found(
        fmt::format("the token \"{}\" in \"{}\" does not hold the key's certificate", task.token.label, task.slot)));
}

Result<Bytes> log_in_and_perform(const Library& library, Found& found, const KeyTask& task, const PublicKey& key,
                                 CK_MECHANISM mechanism, Secret pin)
{
    TRY(login(found.session, pin, library, found.slot.id));
    TRY_ASSIGN(auto keys, found.session.private_keys(key, task.cka_id));
    if (key.type() == CKK_RSA) // RSA keys reveal their modulus; one that does not matches only by CKA_ID
        keys.resize(1);
    return std::visit(Perform{found.session, key, mechanism, keys, pin}, task.operation);
}

/// Runs until the module is finalised. Returns whether someone may still be logged in to the token.
Result<bool> use_and_finalize(int channel, const std::filesystem::path& module, const KeyTask& task)
{
    TRY_ASSIGN(const PublicKey key, PublicKey::parse(task.public_key));
    if (key.type() != std::visit(KeyTypeFor{}, task.operation))
        return std::unexpected(base::unsupported("the key is of another kind than this is done with"));
    TRY_ASSIGN(const Library library, Library::open(module));
    TRY_ASSIGN(Found found, find_token(library, task, key));
    TRY_ASSIGN(const CK_MECHANISM mechanism, std::visit(MakePlan{library, found.slot.id}, task.operation));
    TRY(report(channel, Ready{pin_state_of(found.slot.token)}));

    TRY_ASSIGN(auto pin, base::receive_secret(channel));
    if (!pin)
        return false;
    if (pin->empty() && !pin_state_of(found.slot.token).pad)
        return std::unexpected(base::token_failed("no PIN was given, and the reader has no keys to type it on"));
    if (library.is_opensc() && task.after == AfterLogin::reset)
        reset_card_when_transactions_end();
    TRY(library.check_token(found.slot)); // the PIN must not go to another token
    const auto output = log_in_and_perform(library, found, task, key, mechanism, *std::move(pin));
    // Reported before C_Logout and C_Finalize, which may take long or crash.
    TRY(report(channel, output ? Message(Performed{*output}) : Message(Failed{output.error()})));
    return !library.is_opensc() && task.after == AfterLogin::reset;
}

} // namespace

Result<> use_key(int channel, const std::filesystem::path& module, const KeyTask& task)
{
    TRY(configure_opensc(task));
    TRY_ASSIGN(const bool open, use_and_finalize(channel, module, task));
    return open ? reset_card(task.reader) : Result<>{};
}

} // namespace sceau::pkcs11::token
