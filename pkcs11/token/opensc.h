// How a worker's OpenSC is set up. OpenSC reads one configuration file, named by OPENSC_CONF; ours is made for each
// worker and lies in its memory only, so that nothing on the disk can turn its PIN cache on. Other modules do not look
// at it.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

struct OpenScSettings {
    std::vector<std::string> ignored_readers; // PC/SC names
    std::string card_driver;                  // only this one; empty: OpenSC looks which fits
    std::filesystem::path certificate_cache;  // a folder; empty: none
};

/// Whether certificates can be kept in this folder, and those that are there can be read. OpenSC does not look whether
/// what it writes arrives on the disk, and takes what is there for what the card has: from a full disk that is nothing.
bool is_whole_and_has_room(const std::filesystem::path& folder);

/// The text of the file.
std::string opensc_configuration(const OpenScSettings& settings);

/// Before the module is loaded: only the token's own reader, so that other cards are neither asked nor waited for.
/// `token_failed` where there is no memory for the settings.
base::Result<> configure_opensc(const KeyTask& task);
/// All readers but the busy ones.
base::Result<> configure_opensc(const DiscoverTask& task);

} // namespace sceau::pkcs11::token
