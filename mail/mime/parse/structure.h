// Where in a message its S/MIME signature is (RFC 8551 §3.5), and whether it can be read in only one way.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

struct SignedPart {
    const Entity* whole = nullptr;     // multipart/signed, or application/pkcs7-mime with the content inside
    const Entity* payload = nullptr;   // what is signed; null if it is inside the CMS structure
    const Entity* signature = nullptr; // contains the CMS structure

    bool is_opaque() const { return payload == nullptr; }
    /// Returns whether the message declares itself as signed data; a file name alone may also mean encrypted data.
    bool says_signed_data() const;
};

struct Structure {
    std::optional<SignedPart> signed_part;
    bool encrypted = false;       // the whole message declares itself encrypted, even if signed_part is something else
    std::vector<Finding> remarks; // why there is no signature
    std::vector<Finding> defects; // how the signature is ambiguous or broken
};

/// Returns whether an entity declares itself encrypted (RFC 8551 §3.3, RFC 1847 §2.2).
bool says_encrypted(const Entity& entity);
/// Returns whether an entity may contain a CMS structure, signed or encrypted: application/pkcs7-mime, and what old and
/// careful programs write instead (RFC 8551 §3.10).
bool may_hold_cms(const Entity& entity);

/// Returns the signature of the message itself or, failing that, the first one of a part. Signatures inside attached
/// messages do not count.
Structure find_signature(const Entity& root);

} // namespace sceau::mail::mime
