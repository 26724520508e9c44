// The mails of tests/data and the two steps of signing them, for tests of what Sceau signs.
#pragma once

#include "mail/mime/sign/signing.h"
#include "tests/support/scratch.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

namespace sceau::tests {

inline const std::filesystem::path kData = std::filesystem::path(SCEAU_SOURCE_DIR) / "tests/data";

inline std::vector<std::filesystem::path> mails_in(const std::string& folder)
{
    std::vector<std::filesystem::path> mails;
    for (const auto& entry : std::filesystem::directory_iterator(kData / folder))
        if (entry.path().extension() == ".eml")
            mails.push_back(entry.path());
    std::ranges::sort(mails);
    return mails;
}

inline base::Result<mail::mime::Prepared> prepare_file(const std::filesystem::path& path)
{
    const auto source = mail::Source::open(path);
    REQUIRE(source);
    return mail::mime::prepare(*source);
}

inline std::string payload_of(const mail::mime::Prepared& prepared)
{
    std::string bytes(prepared.payload.size(), '\0');
    REQUIRE(prepared.payload.read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}) == bytes.size());
    return bytes;
}

/// The signature is a DER ContentInfo, with SHA-256.
inline void write_signed_file(const mail::mime::Prepared& prepared, const std::string& signature,
                              const std::filesystem::path& to)
{
    const base::UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    REQUIRE(fd);
    REQUIRE(mail::mime::write_signed(prepared, base::Hash::sha256, base::as_bytes(signature), fd.value()));
}

} // namespace sceau::tests
