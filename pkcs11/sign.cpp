#include "pkcs11/sign.h"

#include "pkcs11/channel.h"
#include "pkcs11/opensc.h"
#include "pkcs11/reset.h"
#include "pkcs11/session.h"
#include "pkcs11/signature.h"
#include "pkcs11/transaction.h"

namespace sceau::pkcs11 {

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

/// The PIN is wiped as soon as the last login that needs it is over.
Result<Signed> sign_in(Session& session, const Library& library, CK_SLOT_ID slot, const SignTask& task, Secret pin)
{
    TRY(login(session, pin, library, slot));
    TRY_ASSIGN(const PrivateKey key, session.find_private_key(key_type_of(task.scheme), task.cka_id));
    TRY(session.sign_init(mechanism_of(task.scheme), key));
    // Between this login and C_Sign nothing may go to the card: its authorisation is for the next command only.
    if (key.always_authenticate)
        TRY(login_for_key(session, pin));
    pin.wipe();
    TRY_ASSIGN(const base::Bytes output, session.sign(input_of(task.scheme, task.digest)));
    TRY_ASSIGN(base::Bytes signature, signature_of(task.scheme, output, key.modulus_size));
    return Signed{std::move(signature)};
}

/// Until the module is finalised. Says whether somebody may be logged in to the token still.
Result<bool> sign_and_finalize(int channel, const std::filesystem::path& module, const SignTask& task)
{
    TRY_ASSIGN(const Library library, Library::open(module));
    TRY_ASSIGN(const Slot slot, library.find(task.token));
    TRY(library.check_mechanism(slot.id, mechanism_of(task.scheme).mechanism));
    TRY(send_packet(channel, encode(Ready{pin_state_of(slot.token)}), Wait::yes));

    TRY_ASSIGN(auto pin, receive_pin(channel));
    if (!pin)
        return false;
    TRY(check_length(slot.token, *pin));
    if (library.is_opensc() && task.after == AfterLogin::reset)
        reset_card_when_transactions_end();
    TRY_ASSIGN(Session session, Session::open(library, slot.id));
    TRY(library.check_token(slot)); // the PIN is for no other
    const auto result = sign_in(session, library, slot.id, task, *std::move(pin));
    // Before C_Logout and C_Finalize, which may take long or crash.
    const Message report = result ? Message(*result) : Message(Failed{result.error()});
    TRY(send_packet(channel, encode(report), Wait::yes));
    return !library.is_opensc() && task.after == AfterLogin::reset;
}

} // namespace

Result<> sign(int channel, const std::filesystem::path& module, const SignTask& task)
{
    TRY(configure_opensc(task));
    TRY_ASSIGN(const bool open, sign_and_finalize(channel, module, task));
    return open ? reset_card(task.reader) : Result<>{};
}

} // namespace sceau::pkcs11
