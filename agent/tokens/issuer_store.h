// The issuers' certificates that the agent knows besides those on tokens: those in the administrator's and the person's
// folders and in the system's store. The inventory builds its chains with them. They are read again when something has
// changed there.
#pragma once

#include "mail/cms/certificate_folder.h"
#include "mail/cms/issuers.h"

#include <string>
#include <vector>

namespace sceau::agent {

struct IssuerSources {
    std::vector<mail::cms::CertificateFolder> folders;
    bool system = false;
};

class IssuerStore {
  public:
    explicit IssuerStore(IssuerSources sources) : sources_(std::move(sources)) {}

    /// Returns whether chains may have changed since the last call. They also may when a new day begins, since
    /// certificates expire. Files that cannot be used are named in the log.
    bool refresh();

    /// `own` are the certificates on the token.
    mail::cms::Chain chain_of(base::BytesView certificate, const std::vector<base::Bytes>& own) const;

  private:
    void read();

    IssuerSources sources_;
    mail::cms::Issuers issuers_;
    std::string state_;
};

} // namespace sceau::agent
