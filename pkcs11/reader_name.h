// A reader has two names: PC/SC's, of any length, and a slot's description, which has room for 64 bytes. The agent and
// its workers tell by these functions which reader a slot is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sceau::pkcs11 {

/// Whether Token::reader may be this reader of PC/SC's: CK_SLOT_INFO::slotDescription holds the first 64 bytes of its
/// name, or the first 61 and "..." (OpenSC); trailing blanks are gone, and a letter that was cut in two is U+FFFD.
bool is_in_reader(std::string_view slot_description, std::string_view reader);

/// All readers that the description may mean: several where names differ only behind what it has room for, as the
/// numbers of two readers of one make do.
std::vector<std::string> readers_meant(std::string_view slot_description, const std::vector<std::string>& readers);

} // namespace sceau::pkcs11
