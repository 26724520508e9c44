// The discover task: libp11, without any login.
#pragma once

#include "pkcs11/worker.h"

namespace sceau::pkcs11 {

/// Reports every token with its certificates, and the end. What is returned as an error was not reported.
base::Result<> discover(int channel, const std::filesystem::path& module, const DiscoverTask& task);

} // namespace sceau::pkcs11
