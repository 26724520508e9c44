// Where in a message its S/MIME signature is (RFC 8551 §3.5), and whether there is one way only to read that.
#pragma once

#include "mail/mime/entity.h"

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
    std::vector<std::string> remarks; // why there is none, one English sentence each
    std::vector<std::string> defects; // in how far it is ambiguous or broken, one English sentence each
};

/// The signature of the message itself, or else the first that a part of it has; none of those that are inside of
/// attached messages.
Structure find_signature(const Entity& root);

} // namespace sceau::mail::mime
