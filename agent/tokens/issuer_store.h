// The certificates of issuers that the agent knows besides those on tokens: the administrator's and the person's folder
// and the system's store. The inventory makes its chains with it; it is read again when something in it has changed.
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

    /// Whether chains may have changed since the last call, as they may when it is another day: certificates expire.
    /// The log names the files that cannot be used.
    bool refresh();

    /// `own` are those that the token has.
    mail::cms::Chain chain_of(base::BytesView certificate, const std::vector<base::Bytes>& own) const;

  private:
    void read();

    IssuerSources sources_;
    mail::cms::Issuers issuers_;
    std::string state_;
};

} // namespace sceau::agent
