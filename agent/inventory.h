// The tokens that are plugged in and the keys on them, as the last discovery found them.
#pragma once

#include "agent/issuer_store.h"
#include "agent/token_store.h"
#include "mail/cms/certificate.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sceau::agent {

/// A certificate on a token whose private key is there too.
struct Key {
    std::size_t module = 0;
    pkcs11::TokenIdentity token;
    base::Bytes cka_id;
    base::Bytes certificate; // DER
    mail::cms::Chain chain;
    mail::cms::CertificateFacts facts;

    friend bool operator==(const Key& one, const Key& other)
    {
        return one.token == other.token && one.certificate == other.certificate && one.chain == other.chain;
    }
};

/// What a key is to be used for, and what its certificates must allow (keyUsage).
enum class Purpose { sign, decrypt };
bool permits(const Key& key, Purpose purpose);

class Inventory {
  public:
    /// Reads the certificates of what was found. Authorities' certificates make chains, with those of the store, and
    /// are no keys of their own; what is no certificate is passed over.
    static Inventory of(std::vector<FoundToken> found, const IssuerStore& issuers);

    const std::vector<FoundToken>& tokens() const { return tokens_; }
    const std::vector<Key>& keys() const { return keys_; }
    /// Of several certificates of one key, one that permits this rather than not.
    const Key* find(const base::KeyId& id, Purpose purpose) const;
    /// DER: those of this key.
    std::vector<base::Bytes> certificates_of(const base::KeyId& id) const;
    bool has(const pkcs11::TokenIdentity& token) const;
    /// Whether it would be made of just this.
    bool is_of(const std::vector<FoundToken>& found) const { return tokens_ == found; }

    /// Takes tokens out, and their keys; returns them.
    std::vector<FoundToken> drop_if(const std::function<bool(const FoundToken&)>& is_gone);

  private:
    std::vector<FoundToken> tokens_;
    std::vector<Key> keys_;
};

} // namespace sceau::agent
