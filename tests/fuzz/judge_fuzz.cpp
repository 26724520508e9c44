// Judges any bytes as a received mail. That must not crash, and the verdict must not contain text that controls a
// terminal.
#include "base/display_text.h"
#include "mail/mime/judge/verdict.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace sceau;

namespace {

bool is_plain(const mail::Finding& finding)
{
    return std::ranges::all_of(std::array{finding.field, finding.value, finding.other, finding.name, finding.issuer,
                                          finding.file, finding.algorithm, finding.reason},
                               base::is_plain) &&
           std::ranges::all_of(finding.names, base::is_plain);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const mail::cms::TrustOptions trust = {.ca_file = std::filesystem::path(__FILE__).parent_path() /
                                                             "../data/verdict/rfc9216-ca.pem",
                                                  .crl_files = {},
                                                  .at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};
    const auto source = mail::Source::of_bytes({data, size});
    const auto verdict = mail::mime::judge(*source, trust);
    if (verdict && !(std::ranges::all_of(verdict->reasons, is_plain) &&
                     std::ranges::all_of(verdict->warnings, is_plain) && base::is_plain(verdict->from)))
        std::abort();
    return 0;
}
