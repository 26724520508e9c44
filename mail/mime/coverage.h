// What of a message its signature covers: the header by RFC 9788, the text, the attachments; and what a reader may be
// shown besides.
#pragma once

#include "mail/mime/entity.h"

namespace sceau::mail {

struct Coverage {
    std::vector<std::string> headers; // names of the header fields that are covered (RFC 9788)
    bool text = false;
    unsigned attachments = 0;
    std::vector<std::string> not_covered; // what a reader may be shown that is not signed, one sentence each
};

} // namespace sceau::mail

namespace sceau::mail::mime {

/// Whether the payload, at the root of a signed message, carries the message's header (RFC 9788 §4.1).
bool has_header_protection(const Entity& payload);

struct Extent {
    Coverage coverage;
    bool whole = true; // false: something that is shown beside the signed part is not signed, or says otherwise
};

/// `root` is the message, `signed_part` the entity in it that is signed (the root itself, or a part), `payload` what
/// the signature is over. A message without header protection is whole all the same: its uncovered fields are named.
Extent extent_of(const Entity& root, const Entity& signed_part, const Entity& payload);

} // namespace sceau::mail::mime
