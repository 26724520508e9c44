// The output of `sceau certificates`: for each key who issued it and which issuer is missing, then what was fetched and
// what is in the certificate folders.
#pragma once

#include "clients/cli/issuer_fetch.h"
#include "clients/cli/words.h"
#include "ipc/messages.h"
#include "mail/cms/certificate_folder.h"

#include <string>
#include <vector>

namespace sceau::cli {

struct CertificateReport {
    std::vector<ipc::Key> keys;
    std::vector<Fetched> fetched;
    std::vector<mail::cms::FileInFolder> files;
    std::filesystem::path folder; // the person's own
    bool offline = false;         // nothing was to be fetched
};

bool is_whole(const CertificateReport& report);

std::string text_of(const CertificateReport& report, const Console& console);

/// {"keys": [{"id", "token_label", "subject", "chain": [certificate], "missing_issuer", "urls"}],
///  "fetched": [{"url", "result", "detail", "files"}],
///  "files": [{"path", "fault", "detail", "certificates": [certificate]}]}, a certificate being
/// {"subject", "issuer", "not_before", "not_after", "sha256"}. Missing values are null.
std::string json_of(const CertificateReport& report);

} // namespace sceau::cli
