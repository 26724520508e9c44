// The discover task, which never logs in.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Reports every token with its certificates, then the end, which says what could not be read. A returned error has not
/// been reported.
base::Result<> discover(int channel, const std::filesystem::path& module, const DiscoverTask& task);

} // namespace sceau::pkcs11::token
