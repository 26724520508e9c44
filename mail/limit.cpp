#include "mail/limit.h"

#include <algorithm>
#include <array>

namespace sceau::mail {

namespace {

struct Entry {
    Limit limit;
    std::string_view name;
    std::string_view reason;
};

constexpr std::array kEntries = {
    Entry{Limit::parts, "parts", "the message has more than 10,000 parts"},
    Entry{Limit::nesting, "nesting", "the message's parts are nested more than 100 deep"},
    Entry{Limit::fields, "fields", "the message has more than 50,000 header fields"},
    Entry{Limit::header, "header", "the message's headers are larger than 4 MiB"},
    Entry{Limit::aside, "aside", "text beside the parts of a multipart is larger than 1 MiB"},
    Entry{Limit::address_list, "address_list", "a list of addresses is larger than 1 MiB, or all together than 2 MiB"},
    Entry{Limit::addresses, "addresses", "the message's headers have more than 50,000 addresses"},
    Entry{Limit::groups, "groups", "groups of addresses are nested more than 20 deep, or there are more than 5,000"},
    Entry{Limit::subject, "subject", "the subject is larger than 1 MiB"},
    Entry{Limit::content_field, "content_field", "a field that describes a part is larger than 64 KiB"},
    Entry{Limit::parameters, "parameters", "the message's parts have more than 50,000 parameters"},
    Entry{Limit::signed_data, "signed_data", "the signature's CMS structure is larger than 4 MiB"},
    Entry{Limit::cms_nesting, "cms_nesting", "the elements of the signature's CMS structure are nested too deep"},
    Entry{Limit::certificates, "certificates",
          "the signature holds more than 256 certificates, revocation lists or hashes"},
    Entry{Limit::signatures, "signatures", "the mail has more than 16 signatures"},
};

const Entry& entry(Limit limit)
{
    return *std::ranges::find(kEntries, limit, &Entry::limit);
}

} // namespace

base::Error over(Limit limit)
{
    base::Error error = base::bad_message(std::string(entry(limit).reason));
    error.parameter = entry(limit).name;
    return error;
}

std::optional<Limit> limit_of(const base::Error& error)
{
    const auto* const found = std::ranges::find(kEntries, error.parameter, &Entry::name);
    const bool is_limit = error.code == base::ErrorCode::bad_message && found != kEntries.end();
    return is_limit ? std::optional(found->limit) : std::nullopt;
}

std::string_view to_string(Limit limit)
{
    return entry(limit).name;
}

} // namespace sceau::mail
