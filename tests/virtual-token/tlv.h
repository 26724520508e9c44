// BER-TLV (ISO/IEC 7816-4 §5.2.2) as far as a PIV card needs it: tags of one or two bytes, lengths up to 65535.
#pragma once

#include "base/bytes.h"

#include <map>
#include <optional>

namespace sceau::test {

base::Bytes tlv(unsigned tag, base::BytesView value);
base::Bytes joined(std::initializer_list<base::Bytes> parts);

/// Returns the values of a sequence of data objects by tag; for a repeated tag, the last one. Returns nothing if the
/// lengths do not fit.
std::optional<std::map<unsigned, base::Bytes>> parse_tlvs(base::BytesView bytes);

} // namespace sceau::test
