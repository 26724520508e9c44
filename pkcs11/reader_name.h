// A reader has two names: that of PC/SC, of any length, and the description of a slot, which has room for 64 bytes.
// With these functions the agent and its workers tell which reader a slot belongs to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sceau::pkcs11 {

/// Whether Token::reader may be this PC/SC reader. CK_SLOT_INFO::slotDescription holds the first 64 bytes of the
/// reader's name, or the first 61 and "..." (OpenSC). Trailing blanks are gone, and a letter that was cut in two is
/// U+FFFD.
bool is_in_reader(std::string_view slot_description, std::string_view reader);

/// Returns all readers that the description may mean. There are several if their names differ only beyond the
/// description's end, as the numbers of two readers of one model do.
std::vector<std::string> readers_meant(std::string_view slot_description, const std::vector<std::string>& readers);

} // namespace sceau::pkcs11
