// Where in a message its S/MIME signature is (RFC 8551 §3.5), and whether there is one way only to read that.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

struct SignedPart {
    const Entity* whole = nullptr;     // multipart/signed, or application/pkcs7-mime with the content inside
    const Entity* payload = nullptr;   // what is signed; none when it is inside
    const Entity* signature = nullptr; // holds the CMS structure

    bool is_opaque() const { return payload == nullptr; }
    /// Whether the message says of itself that it is signed data; a name alone may also mean encrypted data.
    bool says_signed_data() const;
};

struct Structure {
    std::optional<SignedPart> signed_part;
    bool encrypted = false;       // all of it, as it says itself, be it that signed_part holds something else
    std::vector<Finding> remarks; // why there is none
    std::vector<Finding> defects; // in how far it is ambiguous or broken
};

/// Whether an entity says that it is encrypted (RFC 8551 §3.3, RFC 1847 §2.2).
bool says_encrypted(const Entity& entity);
/// Whether it may hold a CMS structure, signed or encrypted: application/pkcs7-mime, and what old and careful programs
/// write in its place (RFC 8551 §3.10).
bool may_hold_cms(const Entity& entity);

/// The signature of the message itself, or else the first that a part of it has; none of those that are inside of
/// attached messages.
Structure find_signature(const Entity& root);

} // namespace sceau::mail::mime
