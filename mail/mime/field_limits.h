// What a header field may cost before anything reads its value: GMime's parser of addresses recurses with every group
// in a group, and keeps an object for each address and each parameter.
#pragma once

#include "mail/mime/entity.h"

namespace sceau::mail::mime {

/// Whether its value is a list of addresses (RFC 5322 §3.4), which GMime parses as soon as it sees the message.
bool is_address_list(const HeaderField& field);

/// `bad_message` for a list of addresses with groups nested over 20 deep, with over 5,000 colons (each of which may be
/// a group to a parser that reads quotes otherwise), over 50,000 commas or 1 MiB, and for a Content-* field over
/// 64 KiB. RFC 5322 knows no group in a group at all.
base::Result<> check_limits(const HeaderField& field);

} // namespace sceau::mail::mime
