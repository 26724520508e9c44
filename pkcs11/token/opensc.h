// Sets up OpenSC in a worker. OpenSC reads the one configuration file that OPENSC_CONF names. Sceau makes one for each
// worker, only in the worker's memory, so that nothing on disk can turn on OpenSC's PIN cache. Other modules do not
// read it.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

struct OpenScSettings {
    std::vector<std::string> ignored_readers; // PC/SC names
    std::string card_driver;                  // the only driver to use; empty: OpenSC finds the one that fits
    std::filesystem::path certificate_cache;  // a folder, or empty
};

/// Whether no file in this folder is empty and it has room for a card's certificates. OpenSC does not check that what
/// it writes reaches the disk, and later takes an empty file, left by a full disk, for what the card has.
bool is_whole_and_has_room(const std::filesystem::path& folder);

/// Returns the text of the configuration file.
std::string opensc_configuration(const OpenScSettings& settings);

/// Called before the module is loaded. Shows OpenSC only the token's own reader, so that it neither asks other cards
/// nor waits for them. Fails with `token_failed` if there is no memory for the settings.
base::Result<> configure_opensc(const KeyTask& task);
/// Shows OpenSC all readers except the busy ones.
base::Result<> configure_opensc(const DiscoverTask& task);

} // namespace sceau::pkcs11::token
