#include "clients/cli/key_notes.h"

#include "base/display_text.h"
#include "mail/cms/certificate.h"

namespace sceau::cli {

std::optional<std::string> note_on_expiry(const ipc::Key& key, Moment now, const Console& console)
{
    using std::chrono::days;
    constexpr days kSoon(30);
    const auto facts = mail::cms::read_certificate(key.certificate);
    if (!facts || facts->not_after < now || facts->not_after - now > kSoon)
        return std::nullopt;
    const auto left = std::chrono::floor<days>(facts->not_after - now).count();
    if (left == 0)
        return console.phrase("expires within a day");
    return console.counted(left, "expires in {} day", "expires in {} days");
}

std::optional<base::Bytes> end_of_chain(const ipc::Key& key)
{
    if (!key.missing_issuer)
        return std::nullopt;
    return key.chain.empty() ? key.certificate : key.chain.back();
}

std::string name_of_missing_issuer(const ipc::Key& key)
{
    constexpr std::size_t kColumns = 64;
    const auto end = end_of_chain(key);
    const auto facts = end ? mail::cms::read_certificate(*end) : std::unexpected(base::bad_message(""));
    return base::shown(facts ? facts->issuer_name : key.missing_issuer.value_or("?"), kColumns);
}

} // namespace sceau::cli
