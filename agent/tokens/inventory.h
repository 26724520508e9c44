// The tokens that are plugged in and the keys on them, as the last discovery found them.
#pragma once

#include "agent/tokens/issuer_store.h"
#include "agent/tokens/token_store.h"
#include "mail/cms/certificate.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sceau::agent {

/// A certificate on a token, or the public key of one that has no certificate. Whether the private key is there too,
/// most tokens tell after a login only.
struct Key {
    std::size_t module = 0;
    TokenId token;
    bool has_namesake = false; // another token that is plugged in has the same label
    base::Bytes cka_id;
    base::Bytes certificate; // DER; empty where there is none
    mail::cms::Chain chain;
    mail::cms::CertificateFacts facts;
    std::string label = {};  // CKA_LABEL, of a key without certificate
    bool is_shown = false;   // the token shows a key object of it
    bool is_missing = false; // a login has shown that the private key is not there

    friend bool operator==(const Key& one, const Key& other)
    {
        return one.token == other.token && one.has_namesake == other.has_namesake && one.facts.key == other.facts.key &&
               one.certificate == other.certificate && one.chain == other.chain && one.label == other.label &&
               one.is_shown == other.is_shown && one.is_missing == other.is_missing;
    }
};

/// What a key is to be used for, and what its certificates must allow (keyUsage).
enum class Purpose { sign, decrypt };
bool permits(const Key& key, Purpose purpose);

class Inventory {
  public:
    /// Reads the certificates and keys of what was found. Authorities' certificates make chains, with those of the
    /// store, and are no keys of their own; what is neither certificate nor key is passed over.
    static Inventory of(std::vector<FoundToken> found, const IssuerStore& issuers);

    const std::vector<FoundToken>& tokens() const { return tokens_; }
    const std::vector<Key>& keys() const { return keys_; }
    /// Of several certificates of one key, one whose private key is there, and that permits this, rather than not.
    const Key* find(const base::KeyId& id, Purpose purpose) const;
    /// DER: those of this key.
    std::vector<base::Bytes> certificates_of(const base::KeyId& id) const;
    bool has(const TokenId& token) const { return find(token) != nullptr; }
    const FoundToken* find(const TokenId& token) const;
    void note_private_key(const TokenId& token, const base::KeyId& key, bool is_there);
    /// Whether it would be made of just this.
    bool is_of(const std::vector<FoundToken>& found) const { return tokens_ == found; }

    /// Takes tokens out, and their keys; returns them.
    std::vector<FoundToken> drop_if(const std::function<bool(const FoundToken&)>& is_gone);

  private:
    std::vector<FoundToken> tokens_;
    std::vector<Key> keys_;
};

} // namespace sceau::agent
