// The messages of org.sceau.Agent and org.varlink.service as types. Each struct describes its fields once, in fields(),
// from which base/codec.h reads and writes its JSON. A test compares the descriptions with the interface files, so that
// they cannot differ. Used by all programs that speak the protocol; ipc/call.h turns messages into frames and back.
//
// On the wire: Bytes are base64, KeyId is lower-case hex, an enumerator is its name, an empty optional is left out.
#pragma once

#include "base/decryption_scheme.h"
#include "base/described.h"
#include "base/key_id.h"
#include "base/scheme.h"
#include "base/sealed_memory.h"
#include "ipc/journal.h"
#include "ipc/shown.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace sceau::ipc {

using base::Enumerator;
using base::Field;

// --- types ---

enum class Usage { sign, decrypt };

constexpr auto enumerators(Usage)
{
    return std::array{Enumerator{Usage::sign, "sign"}, Enumerator{Usage::decrypt, "decrypt"}};
}

/// What the token says about its PIN. Many tokens never report `low`.
struct PinState {
    bool low = false;
    bool final_try = false;
    bool locked = false;
    bool pad = false;           // the PIN is typed at the reader
    bool to_be_changed = false; // before the key can be used
    bool not_set = false;       // the token has no PIN yet

    static constexpr auto fields()
    {
        return std::tuple{Field{"low", &PinState::low},
                          Field{"final_try", &PinState::final_try},
                          Field{"locked", &PinState::locked},
                          Field{"pad", &PinState::pad},
                          Field{"to_be_changed", &PinState::to_be_changed},
                          Field{"not_set", &PinState::not_set}};
    }
    friend bool operator==(const PinState&, const PinState&) = default;
};

/// A token that is plugged in. The serial is unique only together with manufacturer and model.
struct Token {
    std::string label;
    std::string serial;
    std::string manufacturer;
    std::string model;
    std::string reader;
    std::string module; // the PKCS#11 module's path
    PinState pin;

    static constexpr auto fields()
    {
        return std::tuple{
            Field{"label", &Token::label}, Field{"serial", &Token::serial}, Field{"manufacturer", &Token::manufacturer},
            Field{"model", &Token::model}, Field{"reader", &Token::reader}, Field{"module", &Token::module},
            Field{"pin", &Token::pin}};
    }
    friend bool operator==(const Token&, const Token&) = default;
};

/// What is known of a private key; most tokens show it only after a login.
enum class PrivateKey { seen, missing };

constexpr auto enumerators(PrivateKey)
{
    return std::array{Enumerator{PrivateKey::seen, "seen"}, Enumerator{PrivateKey::missing, "missing"}};
}

/// A reason why tokens are not seen.
struct Obstacle {
    enum class Kind { no_module, no_pcscd, module_missing, module_unusable, module_failed, module_silent };
    Kind kind = Kind::no_module;
    std::optional<std::string> module = {}; // its path, if the obstacle is one module's
    std::string detail = {};                // English, for a technician

    static constexpr auto fields()
    {
        return std::tuple{Field{"kind", &Obstacle::kind}, Field{"module", &Obstacle::module},
                          Field{"detail", &Obstacle::detail}};
    }
    friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

constexpr auto enumerators(Obstacle::Kind)
{
    using enum Obstacle::Kind;
    return std::array{Enumerator{no_module, "no_module"},           Enumerator{no_pcscd, "no_pcscd"},
                      Enumerator{module_missing, "module_missing"}, Enumerator{module_unusable, "module_unusable"},
                      Enumerator{module_failed, "module_failed"},   Enumerator{module_silent, "module_silent"}};
}

/// A key on a token: its certificate, or its public key if it has none.
struct Key {
    base::KeyId id;
    std::string token_label;
    std::string token_serial;
    base::Bytes certificate;        // DER; empty if the key has none
    std::vector<base::Bytes> chain; // DER: the issuers' certificates that the agent knows, nearest first, no root
    std::string subject;            // RFC 4514
    std::string issuer;             // RFC 4514
    std::vector<std::string> addresses;
    std::string not_before; // RFC 3339 in UTC
    std::string not_after;
    std::string algorithm; // "rsa", "ec", "ed25519"
    int bits = 0;
    std::vector<Usage> usage;
    std::vector<base::Scheme> schemes;      // empty: the key can be seen but not used
    std::optional<base::Bytes> cka_id = {}; // the token's own name for it, according to its PKCS#11 module
    /// RFC 4514: the issuer whose unknown certificate keeps the chain from reaching a root. Empty if the chain is
    /// complete.
    std::optional<std::string> missing_issuer = {};
    std::optional<std::string> token_reader = {};
    std::optional<PrivateKey> private_key = {}; // empty: nothing is known
    std::optional<base::Bytes> public_key = {}; // SubjectPublicKeyInfo, DER; only for a key without a certificate
    std::optional<std::string> label = {};      // likewise; as the token names the key
    std::optional<bool> absent = {};            // whether its token was seen but is not plugged in now

    static constexpr auto fields()
    {
        return std::tuple{Field{"id", &Key::id},
                          Field{"token_label", &Key::token_label},
                          Field{"token_serial", &Key::token_serial},
                          Field{"certificate", &Key::certificate},
                          Field{"chain", &Key::chain},
                          Field{"subject", &Key::subject},
                          Field{"issuer", &Key::issuer},
                          Field{"addresses", &Key::addresses},
                          Field{"not_before", &Key::not_before},
                          Field{"not_after", &Key::not_after},
                          Field{"algorithm", &Key::algorithm},
                          Field{"bits", &Key::bits},
                          Field{"usage", &Key::usage},
                          Field{"schemes", &Key::schemes},
                          Field{"cka_id", &Key::cka_id},
                          Field{"missing_issuer", &Key::missing_issuer},
                          Field{"token_reader", &Key::token_reader},
                          Field{"private_key", &Key::private_key},
                          Field{"public_key", &Key::public_key},
                          Field{"label", &Key::label},
                          Field{"absent", &Key::absent}};
    }
    friend bool operator==(const Key&, const Key&) = default;
};

/// What is signed, so that it can be checked and shown. Of the kinds, `git` is not supported yet.
struct Evidence {
    enum class Kind { mail, git, attributes, request };
    Kind kind = Kind::mail;
    /// mail, attributes: DER of the signed attributes, a SET OF Attribute (RFC 5652 §5.4).
    std::optional<base::Bytes> attributes = {};
    /// mail: the number of the descriptor that is sent with the call's first byte, always 0. It is the content whose
    /// digest the attributes have: the signed MIME entity (RFC 8551 §3.1).
    std::optional<int> content_fd = {};
    /// mail: the recipients that the content does not name, each an address as in Bcc (RFC 5322 §3.6.3).
    std::optional<std::vector<std::string>> bcc = {};
    /// request: DER of the CertificationRequestInfo that is hashed (RFC 2986 §4.1).
    std::optional<base::Bytes> request = {};

    /// Not a field on the wire: the file that content_fd stands for. The client sends it; the server sets it, or the
    /// reason why what came is not such a file, or nothing if none came.
    std::shared_ptr<const base::Result<base::SealedMemory>> content = {};

    static constexpr auto fields()
    {
        return std::tuple{Field{"kind", &Evidence::kind}, Field{"attributes", &Evidence::attributes},
                          Field{"content_fd", &Evidence::content_fd}, Field{"bcc", &Evidence::bcc},
                          Field{"request", &Evidence::request}};
    }
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

constexpr auto enumerators(Evidence::Kind)
{
    using enum Evidence::Kind;
    return std::array{Enumerator{mail, "mail"}, Enumerator{git, "git"}, Enumerator{attributes, "attributes"},
                      Enumerator{request, "request"}};
}

/// Where pinentry may ask when there is no graphical session; see controls_terminal (ipc/peer.h).
struct Terminal {
    std::string tty; // "/dev/pts/3"
    std::string term;

    static constexpr auto fields() { return std::tuple{Field{"tty", &Terminal::tty}, Field{"term", &Terminal::term}}; }
    friend bool operator==(const Terminal&, const Terminal&) = default;
};

enum class State { waiting_for_token, queued, reader_in_use, preview, pin, touch, signing, decrypting };

constexpr auto enumerators(State)
{
    using enum State;
    return std::array{Enumerator{waiting_for_token, "waiting_for_token"},
                      Enumerator{queued, "queued"},
                      Enumerator{reader_in_use, "reader_in_use"},
                      Enumerator{preview, "preview"},
                      Enumerator{pin, "pin"},
                      Enumerator{touch, "touch"},
                      Enumerator{signing, "signing"},
                      Enumerator{decrypting, "decrypting"}};
}

struct Progress {
    State state = State::queued;
    std::optional<std::string> token_label = {};
    std::optional<int> before = {};           // requests ahead of this one
    std::optional<int> tries_left = {};       // after a wrong PIN, if the token reports them
    std::optional<std::string> programs = {}; // the programs that use the reader
    std::optional<Shown> shown = {};          // what the person is about to be shown

    static constexpr auto fields()
    {
        return std::tuple{Field{"state", &Progress::state},       Field{"token_label", &Progress::token_label},
                          Field{"before", &Progress::before},     Field{"tries_left", &Progress::tries_left},
                          Field{"programs", &Progress::programs}, Field{"shown", &Progress::shown}};
    }
    friend bool operator==(const Progress&, const Progress&) = default;
};

/// Returns a state's name on the wire: "pin" for State::pin.
template <class Enum>
    requires requires(Enum value) { enumerators(value); }
constexpr std::string_view to_string(Enum value)
{
    const auto all = enumerators(value);
    return std::ranges::find(all, value, &Enumerator<Enum>::value)->name;
}

// --- methods of org.sceau.Agent ---

inline constexpr std::string_view kAgentInterface = "org.sceau.Agent";

struct ListTokens {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "ListTokens";
    struct Parameters {
        std::optional<bool> refresh = {}; // asks the tokens again, whatever is known about them
        static constexpr auto fields() { return std::tuple{Field{"refresh", &Parameters::refresh}}; }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::vector<Token> tokens;
        std::vector<Obstacle> obstacles = {};
        static constexpr auto fields()
        {
            return std::tuple{Field{"tokens", &Reply::tokens}, Field{"obstacles", &Reply::obstacles}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

struct ListKeys {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "ListKeys";
    struct Parameters {
        std::optional<std::string> email = {};
        std::optional<Usage> usage = {};
        std::optional<bool> refresh = {}; // as in ListTokens
        std::optional<bool> absent = {};  // also lists keys whose tokens are not plugged in now
        static constexpr auto fields()
        {
            return std::tuple{Field{"email", &Parameters::email}, Field{"usage", &Parameters::usage},
                              Field{"refresh", &Parameters::refresh}, Field{"absent", &Parameters::absent}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::vector<Key> keys;
        static constexpr auto fields() { return std::tuple{Field{"keys", &Reply::keys}}; }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

struct Sign {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "Sign";
    struct Parameters {
        base::KeyId key;
        base::Scheme scheme = base::Scheme::rsa_pkcs1_sha256;
        base::Bytes digest; // of any length, which base::Digest::for_scheme checks
        std::optional<Evidence> evidence;
        std::optional<Terminal> terminal;
        std::optional<std::string> locale = {}; // the language of the person's messages: "fr_FR.UTF-8"
        static constexpr auto fields()
        {
            return std::tuple{Field{"key", &Parameters::key},           Field{"scheme", &Parameters::scheme},
                              Field{"digest", &Parameters::digest},     Field{"evidence", &Parameters::evidence},
                              Field{"terminal", &Parameters::terminal}, Field{"locale", &Parameters::locale}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    /// The last reply has the signature. Those before it, which `more` asks for, have the progress.
    struct Reply {
        std::optional<base::Bytes> signature; // ECDSA: DER SEQUENCE of r and s (RFC 3279 §2.2.3)
        std::optional<Progress> progress;
        static constexpr auto fields()
        {
            return std::tuple{Field{"signature", &Reply::signature}, Field{"progress", &Reply::progress}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// What the person would be shown of a content, without asking anybody.
struct DescribeContent {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "DescribeContent";
    struct Parameters {
        base::KeyId key;                          // which is to sign the content
        int content_fd = 0;                       // as in Evidence
        std::optional<bool> attributes_only = {}; // nothing is read if no attributes are wanted
        std::optional<std::string> locale = {};   // the language of `shown`
        std::shared_ptr<const base::Result<base::SealedMemory>> content = {}; // as in Evidence

        static constexpr auto fields()
        {
            return std::tuple{Field{"key", &Parameters::key}, Field{"content_fd", &Parameters::content_fd},
                              Field{"attributes_only", &Parameters::attributes_only},
                              Field{"locale", &Parameters::locale}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::vector<base::Bytes> attributes; // DER of Attribute: what the signed attributes must have besides
        std::optional<Shown> shown = {};     // empty if only attributes were asked for
        static constexpr auto fields()
        {
            return std::tuple{Field{"attributes", &Reply::attributes}, Field{"shown", &Reply::shown}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// RSA. The last reply has the plaintext. Those before it, which `more` asks for, have the progress.
struct Decrypt {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "Decrypt";
    struct Parameters {
        base::KeyId key;
        base::DecryptionScheme scheme = base::DecryptionScheme::rsa_pkcs1;
        base::Bytes ciphertext; // as long as the modulus
        std::optional<Terminal> terminal;
        std::optional<std::string> locale = {};
        static constexpr auto fields()
        {
            return std::tuple{Field{"key", &Parameters::key}, Field{"scheme", &Parameters::scheme},
                              Field{"ciphertext", &Parameters::ciphertext}, Field{"terminal", &Parameters::terminal},
                              Field{"locale", &Parameters::locale}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::optional<base::Bytes> plaintext;
        std::optional<Progress> progress;
        static constexpr auto fields()
        {
            return std::tuple{Field{"plaintext", &Reply::plaintext}, Field{"progress", &Reply::progress}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// ECDH. The last reply has the secret. Those before it, which `more` asks for, have the progress.
struct Derive {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "Derive";
    struct Parameters {
        base::KeyId key;
        base::Bytes public_key; // an uncompressed point (SEC 1 §2.3.3)
        std::optional<Terminal> terminal;
        std::optional<std::string> locale = {};
        static constexpr auto fields()
        {
            return std::tuple{Field{"key", &Parameters::key}, Field{"public_key", &Parameters::public_key},
                              Field{"terminal", &Parameters::terminal}, Field{"locale", &Parameters::locale}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::optional<base::Bytes> secret; // the x of the shared point (SEC 1 §3.3.1)
        std::optional<Progress> progress;
        static constexpr auto fields()
        {
            return std::tuple{Field{"secret", &Reply::secret}, Field{"progress", &Reply::progress}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// The replies before the last one of Sign, Decrypt and Derive, alike for each.
struct ProgressReply {
    std::optional<Progress> progress;
    static constexpr auto fields() { return std::tuple{Field{"progress", &ProgressReply::progress}}; }
    friend bool operator==(const ProgressReply&, const ProgressReply&) = default;
};

/// May only be called with `more`.
struct Watch {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "Watch";
    struct Parameters {
        static constexpr auto fields() { return std::tuple{}; }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::vector<Token> tokens;
        std::vector<Key> keys;
        std::vector<Obstacle> obstacles = {};
        static constexpr auto fields()
        {
            return std::tuple{Field{"tokens", &Reply::tokens}, Field{"keys", &Reply::keys},
                              Field{"obstacles", &Reply::obstacles}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// Returns the journal's entries, the oldest first, as many as fit into a reply; with `more`, all in several replies.
struct ReadJournal {
    static constexpr std::string_view kInterface = kAgentInterface;
    static constexpr std::string_view kName = "ReadJournal";
    struct Parameters {
        std::optional<int> after = {};         // only entries with a larger number
        std::optional<std::string> to = {};    // only what went to this address
        std::optional<std::string> since = {}; // only from this time on: RFC 3339, or a date in UTC
        std::optional<int> limit = {};         // of entries
        static constexpr auto fields()
        {
            return std::tuple{Field{"after", &Parameters::after}, Field{"to", &Parameters::to},
                              Field{"since", &Parameters::since}, Field{"limit", &Parameters::limit}};
        }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::vector<JournalEntry> entries;
        std::optional<int> next = {}; // there may be more: to be passed as `after`
        std::string path;             // the journal's file
        static constexpr auto fields()
        {
            return std::tuple{Field{"entries", &Reply::entries}, Field{"next", &Reply::next},
                              Field{"path", &Reply::path}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

/// A client's request to the agent, and the agent's reply.
using Request =
    std::variant<ListTokens::Parameters, ListKeys::Parameters, Sign::Parameters, DescribeContent::Parameters,
                 Decrypt::Parameters, Derive::Parameters, Watch::Parameters, ReadJournal::Parameters>;
using Reply = std::variant<ListTokens::Reply, ListKeys::Reply, Sign::Reply, DescribeContent::Reply, Decrypt::Reply,
                           Derive::Reply, Watch::Reply, ReadJournal::Reply, ProgressReply>;

// --- methods of org.varlink.service, which the server answers itself ---

inline constexpr std::string_view kServiceInterface = "org.varlink.service";

struct GetInfo {
    static constexpr std::string_view kInterface = kServiceInterface;
    static constexpr std::string_view kName = "GetInfo";
    struct Parameters {
        static constexpr auto fields() { return std::tuple{}; }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::string vendor;
        std::string product;
        std::string version;
        std::string url;
        std::vector<std::string> interfaces;
        static constexpr auto fields()
        {
            return std::tuple{Field{"vendor", &Reply::vendor}, Field{"product", &Reply::product},
                              Field{"version", &Reply::version}, Field{"url", &Reply::url},
                              Field{"interfaces", &Reply::interfaces}};
        }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

struct GetInterfaceDescription {
    static constexpr std::string_view kInterface = kServiceInterface;
    static constexpr std::string_view kName = "GetInterfaceDescription";
    struct Parameters {
        std::string interface;
        static constexpr auto fields() { return std::tuple{Field{"interface", &Parameters::interface}}; }
        friend bool operator==(const Parameters&, const Parameters&) = default;
    };
    struct Reply {
        std::string description;
        static constexpr auto fields() { return std::tuple{Field{"description", &Reply::description}}; }
        friend bool operator==(const Reply&, const Reply&) = default;
    };
};

} // namespace sceau::ipc
