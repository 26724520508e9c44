#include "clients/cli/issuer_fetch.h"

#include "clients/cli/words.h"
#include "clients/sending/output_file.h"
#include "mail/cms/certificate.h"
#include "mail/cms/certificate_file.h"
#include "mail/cms/issuers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sceau::cli {

using base::Bytes;
using base::Result;
using mail::cms::Chain;
using mail::cms::Issuers;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostUrls = 64; // the most URLs that are tried, whatever the certificates name

/// Returns those candidates that are issuers of the certificate, including a root.
std::vector<Bytes> issuers_among(const std::vector<Bytes>& candidates, const Bytes& certificate)
{
    const Moment now = current_moment();
    Chain chain = Issuers().chain_of(certificate, candidates, now);
    if (chain.missing_issuer.empty()) {
        const Bytes top = chain.certificates.empty() ? certificate : chain.certificates.back();
        const auto root = std::ranges::find_if(candidates, [&](const Bytes& candidate) {
            const Chain last = Issuers().chain_of(top, {candidate}, now);
            return candidate != top && last.missing_issuer.empty();
        });
        if (root != candidates.end())
            chain.certificates.push_back(*root);
    }
    return std::move(chain.certificates);
}

/// Returns a name such as "Example-Issuing-CA-0123456789abcdef.pem", always the same for one certificate.
std::string file_name(const std::string& name, const Bytes& certificate)
{
    constexpr std::size_t kLongest = 60;
    constexpr std::size_t kDigits = 16;
    std::string plain;
    for (const char c : name.substr(0, kLongest)) {
        const bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_kept || (!plain.empty() && plain.back() != '-'))
            plain += is_kept ? c : '-';
    }
    const std::string hash = base::to_hex(base::hash_of(base::Hash::sha256, certificate)).substr(0, kDigits);
    return plain + (plain.empty() || plain.back() == '-' ? "" : "-") + hash + ".pem";
}

/// Stores the certificate with a text for people who read the file. Others must not be able to write to it
/// (base/owned_file.h).
Result<fs::path> store(const fs::path& folder, const Bytes& certificate, const std::string& url)
{
    std::error_code error;
    if (fs::create_directories(folder, error); error)
        return std::unexpected(base::io("cannot make " + folder.string() + ": " + error.message()));
    TRY_ASSIGN(const auto facts, mail::cms::read_certificate(certificate));
    fs::path path = folder / file_name(facts.subject_name, certificate);
    const std::string text = "Subject: " + facts.subject + "\nIssuer: " + facts.issuer + "\nFrom: " + url + "\n" +
                             mail::cms::to_pem(certificate);
    TRY_ASSIGN(sending::OutputFile file, sending::OutputFile::open(path));
    constexpr mode_t kReadable = 0644;
    if (::fchmod(file.fd(), kReadable) != 0 ||
        ::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return std::unexpected(base::io_errno("cannot write " + path.string(), errno));
    TRY(file.commit());
    return path;
}

} // namespace

bool IssuerFetch::fetch_issuer_of(const Bytes& certificate)
{
    for (const std::string& url : mail::cms::issuer_urls(certificate)) {
        if (asked_.size() >= kMostUrls || !asked_.emplace(url, certificate).second)
            continue;
        log_.push_back(fetch(url, certificate));
        if (log_.back().end == Fetched::End::stored)
            return true;
    }
    return false;
}

Fetched IssuerFetch::fetch(const std::string& url, const Bytes& certificate)
{
    if (!answers_.contains(url))
        answers_.emplace(url, download_(url));
    const Result<Bytes>& answer = answers_.at(url);
    if (!answer)
        return {.url = url, .end = Fetched::End::failed, .detail = answer.error().message};
    Fetched fetched{.url = url, .end = Fetched::End::not_issuer};
    const auto received = mail::cms::read_certificate_file(*answer);
    for (const Bytes& issuer : issuers_among(received.certificates, certificate)) {
        const auto path = store(folder_, issuer, url);
        if (!path)
            return {.url = url, .end = Fetched::End::not_stored, .detail = path.error().message};
        fetched.end = Fetched::End::stored;
        fetched.files.push_back(*path);
    }
    return fetched;
}

} // namespace sceau::cli
