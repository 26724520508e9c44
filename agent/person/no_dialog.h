// What a person can do about a PIN dialog that does not open.
#pragma once

#include "base/environment.h"

#include <string>
#include <string_view>

namespace sceau::agent {

struct PromptPlace;

/// Returns the Debian package of a pinentry for this environment: the desktop's own, or the one for terminals where
/// there is no desktop.
std::string pinentry_package(const base::Variables& environment);

/// Returns the end of a sentence, such as ": sign from a terminal", or an empty string if there is nothing to advise.
/// The flavor is what pinentry calls itself (GETINFO flavor); it is empty if pinentry did not get that far.
std::string advice_on_dialog(std::string_view flavor, const PromptPlace& place, const base::Variables& environment);

} // namespace sceau::agent
