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

/// A certificate on a token, or a public key that has no certificate. Most tokens tell only after a login whether the
/// private key is there too.
struct Key {
    std::size_t module = 0;
    TokenId token;
    bool has_namesake = false; // another plugged token has the same label
    base::Bytes cka_id;
    base::Bytes certificate; // DER; empty if there is none
    mail::cms::Chain chain;
    mail::cms::CertificateFacts facts;
    std::string label = {};  // CKA_LABEL, if the key has no certificate
    bool is_shown = false;   // the token shows a key object for it
    bool is_missing = false; // a login has shown that the private key is missing

    friend bool operator==(const Key& one, const Key& other)
    {
        return one.token == other.token && one.has_namesake == other.has_namesake && one.facts.key == other.facts.key &&
               one.certificate == other.certificate && one.chain == other.chain && one.label == other.label &&
               one.is_shown == other.is_shown && one.is_missing == other.is_missing;
    }
};

/// The purpose of using a key, which its certificate must permit (keyUsage).
enum class Purpose { sign, decrypt };
bool permits(const Key& key, Purpose purpose);

class Inventory {
  public:
    /// Reads the certificates and keys of the tokens found. Certificates of authorities serve, with those of the store,
    /// to build chains and are not keys themselves; anything that is neither a certificate nor a key is skipped.
    static Inventory of(std::vector<FoundToken> found, const IssuerStore& issuers);

    const std::vector<FoundToken>& tokens() const { return tokens_; }
    const std::vector<Key>& keys() const { return keys_; }
    /// If a key has several certificates, prefers one whose private key is present and that permits the purpose.
    const Key* find(const base::KeyId& id, Purpose purpose) const;
    /// Returns the certificates of this key, in DER.
    std::vector<base::Bytes> certificates_of(const base::KeyId& id) const;
    bool has(const TokenId& token) const { return find(token) != nullptr; }
    const FoundToken* find(const TokenId& token) const;
    void note_private_key(const TokenId& token, const base::KeyId& key, bool is_there);
    /// Whether an inventory of these tokens would be the same.
    bool is_of(const std::vector<FoundToken>& found) const { return tokens_ == found; }

    /// Removes tokens and their keys, and returns the tokens.
    std::vector<FoundToken> drop_if(const std::function<bool(const FoundToken&)>& is_gone);

  private:
    std::vector<FoundToken> tokens_;
    std::vector<Key> keys_;
};

} // namespace sceau::agent
