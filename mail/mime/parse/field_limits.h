// What a header field may cost before anything reads its value: GMime's parser of addresses recurses with every group
// in a group, and keeps an object for each address and each parameter.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Whether its value is a list of addresses (RFC 5322 §3.4), which GMime parses as soon as it sees the message.
bool is_address_list(const HeaderField& field);

/// Counts over all header fields of a message, those of its parts and of messages in it too.
class FieldLimits {
  public:
    /// `bad_message` with the limit (mail/limit.h) for a field that goes over one by itself or with those before it:
    /// groups of addresses nested over 20 deep, and 5,000 colons (each of which may be a group to a parser that reads
    /// quotes otherwise); 50,000 addresses; a list of them over 1 MiB, or all over 2 MiB; a Subject over 1 MiB; a
    /// Content-* field over 64 KiB, and 50,000 parameters. RFC 5322 knows no group in a group at all.
    base::Result<> check(const HeaderField& field);

  private:
    base::Result<> check_address_list(const HeaderField& field);
    base::Result<> check_content_field(const HeaderField& field);

    std::size_t lists_size_ = 0;
    std::ptrdiff_t colons_ = 0;
    std::ptrdiff_t addresses_ = 0;
    std::ptrdiff_t parameters_ = 0;
};

} // namespace sceau::mail::mime
