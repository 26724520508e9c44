// Who a certificate, or a request for one, says its holder is. Only for mail/cms's own .cpp files.
#pragma once

#include <openssl/x509v3.h>

#include <string>
#include <vector>

namespace sceau::mail::cms {

/// Returns the mail addresses of a holder, each once: subjectAltName rfc822Name, SmtpUTF8Mailbox (RFC 9598) and
/// emailAddress of the subject. The names may be null.
std::vector<std::string> addresses_of(const X509_NAME* subject, const GENERAL_NAMES* names);

} // namespace sceau::mail::cms
