// What a person does about a PIN dialog that does not open.
#pragma once

#include "base/environment.h"

#include <string>
#include <string_view>

namespace sceau::agent {

struct PromptPlace;

/// The Debian package of a pinentry for this environment: the desktop's own, or one for terminals where there is none.
std::string pinentry_package(const base::Variables& environment);

/// The end of a sentence, ": sign from a terminal", or nothing where there is nothing to do. The flavor is what
/// pinentry says of itself (GETINFO flavor), empty where it did not come so far.
std::string advice_on_dialog(std::string_view flavor, const PromptPlace& place, const base::Variables& environment);

} // namespace sceau::agent
