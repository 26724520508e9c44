// The discover task, without any login.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Reports every token with its certificates, and the end, which says what could not be read. What is returned as an
/// error was not reported.
base::Result<> discover(int channel, const std::filesystem::path& module, const DiscoverTask& task);

} // namespace sceau::pkcs11::token
