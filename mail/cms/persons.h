// Several signatures by one person count as one (RFC 5652 §5, RFC 4853). For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/signer_check.h"

namespace sceau::mail::cms {

/// The report on the best signature of each, in the order of their first ones. What is wrong with the others is among
/// its warnings; that one of them can be read in two ways stays a finding.
std::vector<SignerReport> one_for_each_person(std::vector<CheckedSigner> signers);

} // namespace sceau::mail::cms
