// Checks one SignerInfo (RFC 5652 §5.3). For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/openssl.h"
#include "mail/cms/verification.h"

#include <functional>

namespace sceau::mail::cms {

/// Finds the path from a certificate to a root.
using PathFinder = std::function<PathReport(X509*)>;

struct CheckedSigner {
    SignerReport report;
    CMS_SignerInfo* signer = nullptr;
    X509* certificate = nullptr; // one of those given, or null if none of them is the signer's
};

/// Looks for the signer's certificate among those given. `moment` is the moment of judgement.
CheckedSigner check_signer(CMS_SignerInfo* signer, const std::vector<X509*>& certificates,
                           const ContentDigests& digests, const PathFinder& find_path, std::chrono::sys_seconds moment);

} // namespace sceau::mail::cms
