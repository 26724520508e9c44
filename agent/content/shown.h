// What the person is shown of a content, from what was found in it.
#pragma once

#include "base/language.h"
#include "ipc/shown.h"
#include "mail/cms/certification_request.h"
#include "preview/summary.h"

#include <string>
#include <vector>

namespace sceau::agent {

/// A mail: what was found in it is proven; the recipients in `bcc`, fit to be shown, are what the program claims.
ipc::Shown shown_mail(const preview::Summary& summary, bool on_behalf, const std::vector<std::string>& bcc,
                      base::Language language);

ipc::Shown shown_request(const mail::cms::CertificationRequest& request, base::Language language);

} // namespace sceau::agent
