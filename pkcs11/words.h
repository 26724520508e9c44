// What the agent and sceau-token say to each other, as types: what a token is, the tasks, the reports. Nothing of
// PKCS#11 shows here. message.h writes them.
#pragma once

#include "base/decryption_scheme.h"
#include "base/digest.h"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sceau::pkcs11 {

/// What a token says of its PIN (CK_TOKEN_INFO flags, PKCS#11 v2.40 §3.2).
struct PinState {
    bool low = false;
    bool final_try = false;
    bool locked = false;
    bool pad = false;           // CKF_PROTECTED_AUTHENTICATION_PATH: the PIN is typed at the reader
    bool to_be_changed = false; // before it can be used
    bool not_set = false;       // no CKF_USER_PIN_INITIALIZED
    unsigned shortest = 0;      // bytes; 0 where the token does not tell
    unsigned longest = 0;       // likewise

    friend bool operator==(const PinState&, const PinState&) = default;
};

/// CK_TOKEN_INFO's names without their trailing blanks, in UTF-8 (what was not is U+FFFD). That is what a token says of
/// itself: cards without a serial number, and copies, say the same. Control characters are not taken out: whoever shows
/// a name does that.
struct TokenIdentity {
    std::string label;
    std::string serial;
    std::string manufacturer;
    std::string model;

    friend auto operator<=>(const TokenIdentity&, const TokenIdentity&) = default;
};

struct Certificate {
    base::Bytes cka_id; // mostly the private key's, too
    base::Bytes der;

    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// A public key object, or a private one that is visible without a login and tells its public half.
struct KeyObject {
    base::Bytes cka_id;
    std::string label;
    base::Bytes public_key; // SubjectPublicKeyInfo, DER

    friend bool operator==(const KeyObject&, const KeyObject&) = default;
};

struct Token {
    TokenIdentity identity;
    std::string reader;     // CK_SLOT_INFO::slotDescription
    bool removable = false; // a card or a USB token: it comes and goes, and stays logged in to until it is reset
    PinState pin;
    std::vector<Certificate> certificates;
    std::vector<KeyObject> keys = {};

    friend bool operator==(const Token&, const Token&) = default;
};

// --- tasks ---

/// Report every initialised token, its certificates and the keys that it shows without a login. Certificates and keys
/// without a CKA_ID are left out. A token whose objects cannot be read is reported with those that could.
struct DiscoverTask {
    std::vector<std::string> busy_readers;   // as Token::reader has them: not looked into
    std::filesystem::path certificate_cache; // an empty folder that a module may keep certificates in; none: empty
};

/// What becomes of a card after a login.
enum class AfterLogin { reset, leave };

/// C_Sign. Its output: RSA as it is, ECDSA as a DER SEQUENCE of r and s. Not verified yet.
struct Signature {
    base::Scheme scheme;
    base::Digest digest;
};

/// RSADP (RFC 8017 §5.1.2). Its output: the encoded message, as long as the modulus, with its padding on and not looked
/// at. A module that takes the padding off itself has it put on again here; where that one was wrong, so is this one.
struct Decryption {
    base::DecryptionScheme scheme;
    base::Bytes ciphertext; // as long as the modulus
};

/// C_DeriveKey with CKM_ECDH1_DERIVE and no key derivation function. Its output: the shared point's x (SEC 1 §3.3.1).
struct Derivation {
    base::Bytes public_key; // the other side's point, uncompressed (SEC 1 §2.3.3), on the key's curve
};

using Operation = std::variant<Signature, Decryption, Derivation>;

/// Find the token, see that it holds the key's certificate or public key, report its PIN's state (Ready), wait for the
/// PIN, do one operation with the key. `key_not_found` before Ready: the token of that name is another one, or has
/// changed, and no PIN is wanted for it.
struct KeyTask {
    TokenIdentity token;
    std::string slot;   // as Token::reader has it: tokens may say the same of themselves
    std::string reader; // the same; empty where the token is not removable
    base::Bytes cka_id;
    base::Bytes public_key; // SubjectPublicKeyInfo, DER: keys may have the same CKA_ID, or another than the certificate
    Operation operation;
    AfterLogin after = AfterLogin::reset;
    std::filesystem::path certificate_cache; // as a discovery has left it: what is there is not read from the token
};

/// Reset the card in this reader, so that nobody is logged in to it any more. No module.
struct ResetTask {
    std::string reader; // as Token::reader has it
};

/// Report Readers after each change, until the agent drops the worker. No module. When the agent goes without a word,
/// killed, the worker clears this folder away and goes too.
struct MonitorTask {
    std::filesystem::path certificate_cache; // empty: none
};

using Task = std::variant<DiscoverTask, KeyTask, ResetTask, MonitorTask>;

// --- reports ---

struct Discovered {
    std::vector<Token> tokens;
    std::string incomplete = {}; // why a token or a certificate may be missing; empty: none is
};

/// The module is initialised and the token found: a PIN can be sent now.
struct Ready {
    PinState pin;
};

/// The operation is done.
struct Performed {
    base::Bytes output;
};

/// Nobody is logged in to the card of that reader now; also where there is no card in it. Where several readers may be
/// meant, all of them are reset. Where none is, the task fails with `token_absent`.
struct CardReset {};

/// A reader of PC/SC's. The number of events changes with every card that comes or goes.
struct Reader {
    std::string name;
    bool card = false;
    unsigned events = 0;

    friend bool operator==(const Reader&, const Reader&) = default;
};

struct Readers {
    bool service = false; // pcscd answers
    std::vector<Reader> readers;

    friend bool operator==(const Readers&, const Readers&) = default;
};

/// The task's end without a result: pin_incorrect, pin_locked, pin_to_be_changed, busy (somebody else is logged in),
/// token_absent, key_not_found, unsupported, cancelled (at the reader's PIN pad), token_failed.
struct Failed {
    base::Error error;
};

/// After the task's result: the module has been finalised, which resets the card where the module does that, and the
/// process has ended by itself. Whoever drops the worker earlier kills it in the middle of that, and must take the card
/// for one that is still logged in.
struct Ended {};

using Report = std::variant<Discovered, Ready, Performed, CardReset, Readers, Failed, Ended>;

} // namespace sceau::pkcs11
