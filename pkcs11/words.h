// The types that the agent and sceau-token exchange: tokens, tasks, reports. Nothing here depends on PKCS#11. Each
// struct describes its fields and their bounds, from which message.h reads and writes it.
#pragma once

#include "base/decryption_scheme.h"
#include "base/described.h"
#include "base/digest.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sceau::pkcs11 {

using base::Field;

inline constexpr std::size_t kCertificateLimit = 32768; // bytes of DER: fits into a packet in base64
inline constexpr std::size_t kCkaIdLimit = 256;         // bytes
inline constexpr std::size_t kPublicKeyLimit = 4096;    // bytes of DER: RSA of 16384 bits
inline constexpr std::size_t kOutputLimit = 2048;       // bytes: RSA of 16384 bits
inline constexpr std::size_t kPinSizeLimit = 255;       // bytes
inline constexpr std::size_t kPathLimit = 4096;         // bytes
inline constexpr std::size_t kReaderLimit = 64;         // PC/SC Lite has 16

/// What a token says about its PIN (CK_TOKEN_INFO flags, PKCS#11 v2.40 §3.2).
struct PinState {
    bool low = false;
    bool final_try = false;
    bool locked = false;
    bool pad = false;           // CKF_PROTECTED_AUTHENTICATION_PATH: the PIN is typed at the reader
    bool to_be_changed = false; // before the key can be used
    bool not_set = false;       // no CKF_USER_PIN_INITIALIZED
    unsigned shortest = 0;      // bytes; 0 if the token does not say
    unsigned longest = 0;       // likewise

    static constexpr auto fields()
    {
        return std::tuple{Field{"low", &PinState::low},
                          Field{"final_try", &PinState::final_try},
                          Field{"locked", &PinState::locked},
                          Field{"pad", &PinState::pad},
                          Field{"to_be_changed", &PinState::to_be_changed},
                          Field{"not_set", &PinState::not_set},
                          Field{"shortest", &PinState::shortest, base::Bounds{0, kPinSizeLimit}},
                          Field{"longest", &PinState::longest, base::Bounds{0, kPinSizeLimit}}};
    }
    friend bool operator==(const PinState&, const PinState&) = default;
};

/// The names in CK_TOKEN_INFO without their trailing blanks, in UTF-8 (other bytes became U+FFFD). They are only what a
/// token says about itself: cards without a serial number, and copies, say the same. Control characters are still in
/// them; whoever shows a name removes them.
struct TokenIdentity {
    std::string label;
    std::string serial;
    std::string manufacturer;
    std::string model;

    static constexpr auto fields()
    {
        return std::tuple{Field{"label", &TokenIdentity::label}, Field{"serial", &TokenIdentity::serial},
                          Field{"manufacturer", &TokenIdentity::manufacturer}, Field{"model", &TokenIdentity::model}};
    }
    friend auto operator<=>(const TokenIdentity&, const TokenIdentity&) = default;
};

struct Certificate {
    base::Bytes cka_id; // usually the same as the private key's
    base::Bytes der;

    static constexpr std::string_view kName = "certificate";
    static constexpr auto fields()
    {
        return std::tuple{Field{"cka_id", &Certificate::cka_id, base::Bounds{1, kCkaIdLimit}},
                          Field{"der", &Certificate::der, base::Bounds{1, kCertificateLimit}}};
    }
    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// A public key object, or a private one that is visible without a login and reveals its public half.
struct KeyObject {
    base::Bytes cka_id;
    std::string label;
    base::Bytes public_key; // SubjectPublicKeyInfo, DER

    static constexpr std::string_view kName = "key";
    static constexpr auto fields()
    {
        return std::tuple{Field{"cka_id", &KeyObject::cka_id, base::Bounds{1, kCkaIdLimit}},
                          Field{"label", &KeyObject::label},
                          Field{"public_key", &KeyObject::public_key, base::Bounds{1, kPublicKeyLimit}}};
    }
    friend bool operator==(const KeyObject&, const KeyObject&) = default;
};

struct Token {
    TokenIdentity identity;
    std::string reader;     // CK_SLOT_INFO::slotDescription
    bool removable = false; // a card or a USB token; a login to it lasts until it is reset
    PinState pin;
    std::vector<Certificate> certificates; // sent in messages of their own, as the keys are
    std::vector<KeyObject> keys = {};

    static constexpr std::string_view kName = "token";
    static constexpr auto fields()
    {
        return std::tuple{Field{"identity", &Token::identity}, Field{"reader", &Token::reader},
                          Field{"removable", &Token::removable}, Field{"pin", &Token::pin}};
    }
    friend bool operator==(const Token&, const Token&) = default;
};

// --- tasks ---

/// Reports every initialised token with its certificates and the keys that it shows without a login. Certificates and
/// keys without a CKA_ID are left out. If not all of a token's objects can be read, it is reported with those that can.
struct DiscoverTask {
    std::vector<std::string> busy_readers;   // not looked into; named as in Token::reader
    std::filesystem::path certificate_cache; // an empty folder where a module may keep certificates, or an empty path

    static constexpr std::string_view kName = "discover";
    static constexpr auto fields()
    {
        return std::tuple{Field{"busy_readers", &DiscoverTask::busy_readers, base::Bounds{0, kReaderLimit}},
                          Field{"certificate_cache", &DiscoverTask::certificate_cache, base::Bounds{0, kPathLimit}}};
    }
};

/// What happens to a card after a login.
enum class AfterLogin { reset, leave };

constexpr auto enumerators(AfterLogin)
{
    return std::array{base::Enumerator{AfterLogin::reset, "reset"}, base::Enumerator{AfterLogin::leave, "leave"}};
}

/// C_Sign. The output is the token's own for RSA and a DER SEQUENCE of r and s for ECDSA. It has not been verified yet.
struct Signature {
    base::Scheme scheme;
    base::Digest digest;

    static constexpr std::string_view kName = "sign";
};

/// RSADP (RFC 8017 §5.1.2). The output is the encoded message, as long as the modulus, with its padding still on and
/// unchecked. If a module removes the padding itself, it is put on again here, and if the module found the padding
/// wrong, so is the new one.
struct Decryption {
    base::DecryptionScheme scheme;
    base::Bytes ciphertext; // as long as the modulus

    static constexpr std::string_view kName = "decrypt";
    static constexpr auto fields()
    {
        return std::tuple{Field{"scheme", &Decryption::scheme},
                          Field{"ciphertext", &Decryption::ciphertext, base::Bounds{1, kOutputLimit}}};
    }
};

/// C_DeriveKey with CKM_ECDH1_DERIVE and no key derivation function. Its output: the shared point's x (SEC 1 §3.3.1).
struct Derivation {
    base::Bytes public_key; // the other side's point, uncompressed (SEC 1 §2.3.3), on the key's curve

    static constexpr std::string_view kName = "derive";
    static constexpr auto fields()
    {
        return std::tuple{Field{"public_key", &Derivation::public_key, base::Bounds{1, kOutputLimit}}};
    }
};

using Operation = std::variant<Derivation, Decryption, Signature>; // only the first is default-constructible

/// Finds the token, checks that it holds the key's certificate or public key, reports the state of its PIN (Ready),
/// waits for the PIN and does one operation with the key. Fails with `key_not_found` before Ready if the token of that
/// name is another one or has changed; no PIN is asked for it.
struct KeyTask {
    TokenIdentity token;
    std::string slot;   // as in Token::reader; needed because tokens may have the same names
    std::string reader; // likewise; empty if the token is not removable
    base::Bytes cka_id;
    base::Bytes public_key; // SubjectPublicKeyInfo, DER: keys may share a CKA_ID, or differ in it from the certificate
    Operation operation;
    AfterLogin after = AfterLogin::reset;
    std::filesystem::path certificate_cache; // as a discovery left it; certificates in it are not read from the token

    static constexpr std::string_view kName = "use_key";
    static constexpr auto fields()
    {
        return std::tuple{Field{"token", &KeyTask::token},
                          Field{"slot", &KeyTask::slot},
                          Field{"reader", &KeyTask::reader},
                          Field{"cka_id", &KeyTask::cka_id, base::Bounds{1, kCkaIdLimit}},
                          Field{"public_key", &KeyTask::public_key, base::Bounds{1, kPublicKeyLimit}},
                          Field{"operation", &KeyTask::operation},
                          Field{"after", &KeyTask::after},
                          Field{"certificate_cache", &KeyTask::certificate_cache, base::Bounds{0, kPathLimit}}};
    }
};

/// Resets the card in this reader, so that nobody is logged in to it any more. Loads no module.
struct ResetTask {
    std::string reader; // as in Token::reader

    static constexpr std::string_view kName = "reset";
    static constexpr auto fields() { return std::tuple{Field{"reader", &ResetTask::reader}}; }
};

/// Reports Readers after each change until the agent drops the worker. Loads no module. If the agent is killed, the
/// worker removes this folder and exits.
struct MonitorTask {
    std::filesystem::path certificate_cache; // empty: none

    static constexpr std::string_view kName = "monitor";
    static constexpr auto fields()
    {
        return std::tuple{Field{"certificate_cache", &MonitorTask::certificate_cache, base::Bounds{0, kPathLimit}}};
    }
};

using Task = std::variant<DiscoverTask, KeyTask, ResetTask, MonitorTask>;

// --- reports ---

struct Discovered {
    std::vector<Token> tokens;
    std::string incomplete = {}; // why a token or a certificate may be missing; empty if nothing is
};

/// The module is initialised and the token found; the PIN can be sent now.
struct Ready {
    PinState pin;

    static constexpr std::string_view kName = "ready";
    static constexpr auto fields() { return std::tuple{Field{"pin", &Ready::pin}}; }
};

struct Performed {
    base::Bytes output;

    static constexpr std::string_view kName = "performed";
    static constexpr auto fields()
    {
        return std::tuple{Field{"output", &Performed::output, base::Bounds{1, kOutputLimit}}};
    }
};

/// Nobody is logged in to the card in that reader now, or there is no card in it. If several readers may be meant, all
/// of them are reset. If none is, the task fails with `token_absent`.
struct CardReset {
    static constexpr std::string_view kName = "reset";
    static constexpr auto fields() { return std::tuple{}; }
};

/// A PC/SC reader. Its number of events changes with every card that is inserted or removed.
struct Reader {
    std::string name;
    bool card = false;
    unsigned events = 0;

    static constexpr auto fields()
    {
        return std::tuple{Field{"name", &Reader::name}, Field{"card", &Reader::card}, Field{"events", &Reader::events}};
    }
    friend bool operator==(const Reader&, const Reader&) = default;
};

struct Readers {
    bool service = false; // pcscd answers
    std::vector<Reader> readers;

    static constexpr std::string_view kName = "readers";
    static constexpr auto fields()
    {
        return std::tuple{Field{"service", &Readers::service},
                          Field{"readers", &Readers::readers, base::Bounds{0, kReaderLimit}}};
    }
    friend bool operator==(const Readers&, const Readers&) = default;
};

/// Ends a task without a result: pin_incorrect, pin_locked, pin_to_be_changed, busy (someone else is logged in),
/// token_absent, key_not_found, unsupported, cancelled (at the reader's PIN pad), token_failed.
struct Failed {
    base::Error error;

    static constexpr std::string_view kName = "failed";
};

/// Follows the task's result: the module has been finalised, which resets the card if the module does that, and the
/// process has exited by itself. Dropping the worker earlier kills it on the way there; its card must then be treated
/// as still logged in.
struct Ended {};

using Report = std::variant<Discovered, Ready, Performed, CardReset, Readers, Failed, Ended>;

} // namespace sceau::pkcs11
