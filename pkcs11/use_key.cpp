#include "pkcs11/use_key.h"

#include "pkcs11/channel.h"
#include "pkcs11/decryption.h"
#include "pkcs11/opensc.h"
#include "pkcs11/reset.h"
#include "pkcs11/session.h"
#include "pkcs11/signature.h"
#include "pkcs11/transaction.h"

namespace sceau::pkcs11 {

using base::Bytes;
using base::ErrorCode;
using base::Result;
using base::Secret;

namespace {

/// C_Login, and where it refuses the PIN, what the token says of it since.
Result<> login(Session& session, const Secret& pin, const Library& library, CK_SLOT_ID slot)
{
    auto done = session.login(CKU_USER, pin);
    if (done || done.error().code != ErrorCode::pin_incorrect)
        return done;
    const auto info = library.token_info(slot);
    return std::unexpected(refused_pin(info ? pin_state_of(*info) : PinState{}));
}

/// For the operation that was begun, with the PIN that the token has just taken. That one is right: to ask for it again
/// would use up tries of two PINs in turn.
Result<> login_for_key(Session& session, const Secret& pin)
{
    auto done = session.login(CKU_CONTEXT_SPECIFIC, pin);
    if (done || done.error().code != ErrorCode::pin_incorrect)
        return done;
    return std::unexpected(
        base::unsupported("the token took the PIN but not for this key, which seems to have a PIN of its own"));
}

/// How the operation's key is found and what it takes, once that is known to be possible with this token.
struct Plan {
    CK_KEY_TYPE key_type;
    CK_MECHANISM mechanism;
};

struct MakePlan {
    Result<Plan> operator()(const Signature& operation) const
    {
        const CK_MECHANISM mechanism = mechanism_of(operation.scheme);
        TRY(library.check_mechanism(slot, mechanism.mechanism, CKF_SIGN));
        return Plan{key_type_of(operation.scheme), mechanism};
    }
    Result<Plan> operator()(const Decryption& operation) const
    {
        TRY_ASSIGN(const CK_MECHANISM mechanism, decryption_mechanism(library, slot, operation.scheme));
        return Plan{CKK_RSA, mechanism};
    }
    Result<Plan> operator()(const Derivation&) const
    {
        TRY(library.check_mechanism(slot, CKM_ECDH1_DERIVE, CKF_DERIVE));
        return Plan{CKK_EC, {CKM_ECDH1_DERIVE, nullptr, 0}};
    }

    const Library& library;
    CK_SLOT_ID slot;
};

/// The operation itself. Between the context login and what it is for nothing may go to the card: that authorisation is
/// for the next command only. The PIN is wiped as soon as the last login that needs it is over.
struct Perform {
    Result<Bytes> operator()(const Signature& operation)
    {
        TRY(session.sign_init(plan.mechanism, key));
        TRY(authorise());
        TRY_ASSIGN(const Bytes output, session.sign(input_of(operation.scheme, operation.digest)));
        return signature_of(operation.scheme, output, key.modulus_size);
    }
    Result<Bytes> operator()(const Decryption& operation)
    {
        TRY(session.decrypt_init(plan.mechanism, key));
        TRY(authorise());
        return encoded_message(operation.scheme, plan.mechanism.mechanism, session.decrypt(operation.ciphertext),
                               operation.ciphertext.size());
    }
    // C_DeriveKey is one call: there is no moment for a context login (PKCS#11 v2.40 §5.6, C_Login).
    Result<Bytes> operator()(const Derivation& operation)
    {
        pin.wipe();
        return session.derive(operation.public_key, (operation.public_key.size() - 1) / 2, key);
    }

    Result<> authorise()
    {
        if (key.always_authenticate)
            TRY(login_for_key(session, pin));
        pin.wipe();
        return {};
    }

    Session& session;
    const Plan& plan;
    const PrivateKey& key;
    Secret& pin;
};

Result<Bytes> log_in_and_perform(Session& session, const Library& library, CK_SLOT_ID slot, const KeyTask& task,
                                 const Plan& plan, Secret pin)
{
    TRY(login(session, pin, library, slot));
    TRY_ASSIGN(const PrivateKey key, session.find_private_key(plan.key_type, task.cka_id));
    return std::visit(Perform{session, plan, key, pin}, task.operation);
}

/// Until the module is finalised. Says whether somebody may be logged in to the token still.
Result<bool> use_and_finalize(int channel, const std::filesystem::path& module, const KeyTask& task)
{
    TRY_ASSIGN(const Library library, Library::open(module));
    TRY_ASSIGN(const Slot slot, library.find(task.token));
    TRY_ASSIGN(const Plan plan, std::visit(MakePlan{library, slot.id}, task.operation));
    TRY(send_packet(channel, encode(Ready{pin_state_of(slot.token)}), Wait::yes));

    TRY_ASSIGN(auto pin, receive_pin(channel));
    if (!pin)
        return false;
    TRY(check_length(slot.token, *pin));
    if (library.is_opensc() && task.after == AfterLogin::reset)
        reset_card_when_transactions_end();
    TRY_ASSIGN(Session session, Session::open(library, slot.id));
    TRY(library.check_token(slot)); // the PIN is for no other
    const auto output = log_in_and_perform(session, library, slot.id, task, plan, *std::move(pin));
    // Before C_Logout and C_Finalize, which may take long or crash.
    const Message report = output ? Message(Performed{*output}) : Message(Failed{output.error()});
    TRY(send_packet(channel, encode(report), Wait::yes));
    return !library.is_opensc() && task.after == AfterLogin::reset;
}

} // namespace

Result<> use_key(int channel, const std::filesystem::path& module, const KeyTask& task)
{
    TRY(configure_opensc(task));
    TRY_ASSIGN(const bool open, use_and_finalize(channel, module, task));
    return open ? reset_card(task.reader) : Result<>{};
}

} // namespace sceau::pkcs11
