// What of a message its signature covers: the header by RFC 9788, the text, the attachments; and what a reader may be
// shown besides.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Why a mail is signed in part only.
struct Gaps {
    bool header = false;    // the header outside says something else that a person must not miss
    bool beside = false;    // text or attachments stand beside the signed part
    bool footer = false;    // all that stands beside it is plain text after it, as mailing lists add it
    bool elsewhere = false; // a part of the content is only named

    bool only_header() const { return header && !beside && !elsewhere; }
    bool only_footer() const { return footer && !header && !elsewhere; }
};

struct Coverage {
    std::vector<std::string> headers; // names of the header fields that are covered (RFC 9788)
    bool text = false;
    unsigned attachments = 0;
    std::vector<Finding> not_covered; // what a reader may be shown that is not signed
    Gaps gaps;
};

/// Whether the payload, at the root of a signed message, carries the message's header (RFC 9788 §4.1).
bool has_header_protection(const Entity& payload);

struct Extent {
    Coverage coverage;
    bool whole = true; // false: something that is shown beside the signed part is not signed, or says otherwise
    std::vector<Finding> warnings; // where the header outside differs and no harm can come of it
};

/// `root` is the message in `source`, `signed_part` the entity in it that is signed (the root itself, or a part),
/// `payload` what the signature is over. A message without header protection is whole all the same: its uncovered
/// fields are named.
Extent extent_of(const Source& source, const Entity& root, const Entity& signed_part, const Entity& payload);

} // namespace sceau::mail::mime
