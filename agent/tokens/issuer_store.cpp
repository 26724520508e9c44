#include "agent/tokens/issuer_store.h"

#include "agent/log.h"
#include "base/display_text.h"

#include <chrono>

namespace sceau::agent {

using mail::cms::FileFault;
using std::chrono::system_clock;

namespace {

void log_fault_of(const mail::cms::FileInFolder& file)
{
    constexpr std::size_t kColumns = 400;
    const std::string path = base::shown(file.path.string(), kColumns);
    switch (file.fault) {
    case FileFault::none:
        return;
    case FileFault::refused:
        return log("no issuers from {}", base::shown(file.detail, kColumns));
    case FileFault::no_certificate:
        return log("no issuers from {}: there is no certificate in it", path);
    case FileFault::damaged:
        return log("not all issuers from {}: something in it cannot be read", path);
    case FileFault::too_many:
        return log("no issuers from {}: too many or too large files are in this folder", path);
    }
}

} // namespace

bool IssuerStore::refresh()
{
    std::string state =
        std::to_string(system_clock::to_time_t(std::chrono::floor<std::chrono::days>(system_clock::now())));
    for (const mail::cms::CertificateFolder& folder : sources_.folders)
        state += mail::cms::state_of(folder);
    if (state == state_)
        return false;
    state_ = std::move(state);
    read();
    return true;
}

void IssuerStore::read()
{
    issuers_ = mail::cms::Issuers();
    for (const mail::cms::CertificateFolder& folder : sources_.folders)
        for (const mail::cms::FileInFolder& file : mail::cms::read_certificate_folder(folder)) {
            log_fault_of(file);
            for (const base::Bytes& certificate : file.certificates)
                issuers_.add(certificate);
        }
    if (sources_.system)
        issuers_.add_system_store();
}

mail::cms::Chain IssuerStore::chain_of(base::BytesView certificate, const std::vector<base::Bytes>& own) const
{
    return issuers_.chain_of(certificate, own, std::chrono::floor<std::chrono::seconds>(system_clock::now()));
}

} // namespace sceau::agent
