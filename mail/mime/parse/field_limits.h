// Bounds the cost of a header field before anything reads its value: GMime's address parser recurses for every nested
// group and keeps an object for each address and parameter.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Returns whether the field's value is a list of addresses (RFC 5322 §3.4). GMime parses these as soon as it sees the
/// message.
bool is_address_list(const HeaderField& field);

/// Counts over all header fields of a message, including those of its parts and of messages inside it.
class FieldLimits {
  public:
    /// Fails with `bad_message` and the limit (mail/limit.h) if the field exceeds one, alone or together with the
    /// fields before it: groups of addresses nested more than 20 deep, and 5,000 colons (a parser that reads quotes
    /// differently may take each for a group); 50,000 addresses; an address list over 1 MiB, or all lists over 2 MiB; a
    /// Subject over 1 MiB; a Content-* field over 64 KiB, and 50,000 parameters. RFC 5322 allows no nested groups at
    /// all.
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
