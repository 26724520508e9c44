// What a message's signature covers (the header according to RFC 9788, the text, the attachments), and what else a
// reader may be shown.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Why only a part of a mail is signed.
struct Gaps {
    bool header = false;    // the header outside differs in something that a person must not miss
    bool beside = false;    // text or attachments are beside the signed part
    bool footer = false;    // everything beside the signed part is plain text after it, as mailing lists add it
    bool elsewhere = false; // a part of the content is only referred to

    bool only_header() const { return header && !beside && !elsewhere; }
    bool only_footer() const { return footer && !header && !elsewhere; }
};

struct Coverage {
    std::vector<std::string> headers; // names of the covered header fields (RFC 9788)
    bool text = false;
    unsigned attachments = 0;
    std::vector<Finding> not_covered; // what a reader may be shown that is not signed
    Gaps gaps;
};

/// Returns whether the payload at the root of a signed message carries the message's header (RFC 9788 §4.1).
bool has_header_protection(const Entity& payload);

struct Extent {
    Coverage coverage;
    bool whole = true;             // false if something shown beside the signed part is not signed or contradicts it
    std::vector<Finding> warnings; // where the header outside differs without harm
};

/// `root` is the message in `source`, `signed_part` the signed entity in it (the root itself or a part), and `payload`
/// what the signature is over. A message without header protection still counts as whole; its uncovered fields are
/// named.
Extent extent_of(const Source& source, const Entity& root, const Entity& signed_part, const Entity& payload);

} // namespace sceau::mail::mime
