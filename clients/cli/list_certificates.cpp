#include "clients/cli/agent.h"
#include "clients/cli/certificate_report.h"
#include "clients/cli/commands.h"
#include "clients/cli/download.h"
#include "clients/cli/key_notes.h"

#include <sysexits.h>

#include <algorithm>
#include <iterator>

namespace sceau::cli {

namespace {

/// Keys without a certificate are left out, since there is nothing to report about them here.
Outcome<std::vector<ipc::Key>> certified_keys(AgentConnection& agent)
{
    TRY_ASSIGN(auto reply, agent.call<ipc::ListKeys>());
    std::erase_if(reply.keys, [](const ipc::Key& key) { return key.certificate.empty(); });
    return std::move(reply.keys);
}

/// Proceeds level by level, because only an issuer's certificate names the place of its own issuer's. The agent reports
/// which chains a new certificate has extended.
Outcome<> fetch_missing(CertificateReport& report, AgentConnection& agent)
{
    constexpr int kMostLevels = 10;
    const std::function<bool()> gives_up = [&] { return agent.is_interrupted(); };
    IssuerFetch fetch(report.folder, [&](const std::string& url) { return download(url, gives_up); });
    for (int level = 0; level < kMostLevels; ++level) {
        bool is_new = false;
        for (const ipc::Key& key : report.keys) {
            if (gives_up())
                return std::unexpected(sending::Interrupted{});
            if (const auto end = end_of_chain(key))
                is_new = fetch.fetch_issuer_of(*end) || is_new;
        }
        if (!is_new)
            break;
        TRY_ASSIGN(report.keys, certified_keys(agent));
    }
    report.fetched = fetch.log();
    return {};
}

} // namespace

Outcome<int> run(const ListCertificates& command, const Console& console)
{
    constexpr int kIncomplete = 1;
    TRY_ASSIGN(AgentConnection agent, open_agent());
    TRY_ASSIGN(auto keys, certified_keys(agent));
    CertificateReport report{.keys = std::move(keys),
                             .fetched = {},
                             .files = {},
                             .folder = mail::cms::own_certificate_folder().path,
                             .offline = command.offline};
    if (!command.offline)
        TRY(fetch_missing(report, agent));
    for (const mail::cms::CertificateFolder& folder : mail::cms::certificate_folders())
        std::ranges::move(mail::cms::read_certificate_folder(folder), std::back_inserter(report.files));
    TRY(console.print(command.json ? json_of(report) : text_of(report, console)));
    return is_whole(report) ? EX_OK : kIncomplete;
}

} // namespace sceau::cli
