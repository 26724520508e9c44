#include "mail/cms/issuers.h"

#include "base/ascii.h"
#include "mail/cms/algorithms.h"
#include "mail/cms/openssl.h"

#include <algorithm>
#include <functional>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;

struct Issuers::Parts {
    X509StorePtr added{X509_STORE_new()};
    X509StorePtr system{};
};

namespace {

using Path = std::vector<X509Ptr>;

X509Ptr shared(X509* certificate)
{
    X509_up_ref(certificate);
    return X509Ptr(certificate);
}

/// Looks certificates up by subject, as OpenSSL stores them. From the system's folder it reads only the files for that
/// name.
std::vector<X509Ptr> found_in(X509_STORE* store, const X509_NAME* subject)
{
    std::vector<X509Ptr> found;
    const X509StoreCtxPtr context(X509_STORE_CTX_new());
    if (store == nullptr || !context || X509_STORE_CTX_init(context.get(), store, nullptr, nullptr) != 1)
        return found;
    const X509StackPtr all(X509_STORE_CTX_get1_certs(context.get(), subject));
    for (int i = 0; i < sk_X509_num(all.get()); ++i)
        found.push_back(shared(sk_X509_value(all.get(), i)));
    return found;
}

bool is_valid_at(const X509* certificate, std::chrono::sys_seconds moment)
{
    const auto from = time_of(X509_get0_notBefore(certificate));
    const auto until = time_of(X509_get0_notAfter(certificate));
    return from && until && *from <= moment && moment <= *until;
}

bool same_authority(const X509* one, const X509* other)
{
    return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(other)) == 1;
}

bool is_authority(X509* certificate)
{
    constexpr int kByBasicConstraints = 1;
    constexpr int kRootOfVersion1 = 3;
    const int kind = X509_check_ca(certificate);
    return kind == kByBasicConstraints || kind == kRootOfVersion1;
}

/// Searches for a way upwards, and backtracks if one ends before a root.
class Search {
  public:
    Search(const std::function<std::vector<X509Ptr>(const X509_NAME*)>& find, std::chrono::sys_seconds moment)
        : find_(find), moment_(moment)
    {
    }

    /// Returns whether there is a way to a root. That way, or else the longest one, is then best().
    bool extend(X509* below);
    const Path& best() const { return best_; }

  private:
    bool is_root(X509* certificate);
    bool has_issued(X509* candidate, X509* below);
    Path issuers_of(X509* below);
    bool verifies(X509* certificate, X509* by);

    const std::function<std::vector<X509Ptr>(const X509_NAME*)>& find_;
    std::chrono::sys_seconds moment_;
    Path path_;
    Path best_;
    static constexpr std::size_t kLongest = 10; // certificates
    int calculations_left_ = 100;               // of signatures, whoever filled the folders
};

bool Search::extend(X509* below)
{
    if (path_.size() > best_.size()) {
        best_.clear();
        for (const X509Ptr& each : path_)
            best_.push_back(shared(each.get()));
    }
    if (is_root(below)) {
        best_ = std::move(path_);
        return true;
    }
    if (path_.size() == kLongest)
        return false;
    for (X509Ptr& issuer : issuers_of(below)) {
        X509* next = issuer.get();
        path_.push_back(std::move(issuer));
        if (extend(next))
            return true;
        path_.pop_back();
    }
    return false;
}

bool Search::verifies(X509* certificate, X509* by)
{
    EVP_PKEY* key = X509_get0_pubkey(by);
    return key != nullptr && is_bounded(key) && --calculations_left_ >= 0 && X509_verify(certificate, key) == 1;
}

bool Search::is_root(X509* certificate)
{
    return (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0 && verifies(certificate, certificate);
}

bool Search::has_issued(X509* candidate, X509* below)
{
    const long path_length = X509_get_pathlen(candidate); // -1 means any length
    return is_authority(candidate) && is_valid_at(candidate, moment_) &&
           (path_length < 0 || path_.size() <= static_cast<std::size_t>(path_length)) &&
           std::ranges::none_of(path_, [&](const X509Ptr& each) { return same_authority(each.get(), candidate); }) &&
           X509_check_issued(candidate, below) == X509_V_OK && verifies(below, candidate);
}

Path Search::issuers_of(X509* below)
{
    Path issuers;
    for (X509Ptr& candidate : find_(X509_get_issuer_name(below))) {
        const bool is_known = std::ranges::any_of(
            issuers, [&](const X509Ptr& each) { return X509_cmp(each.get(), candidate.get()) == 0; });
        if (!is_known && has_issued(candidate.get(), below))
            issuers.push_back(std::move(candidate));
    }
    const auto worth = [](const X509Ptr& issuer) {
        const bool is_self_signed = (X509_get_extension_flags(issuer.get()) & EXFLAG_SS) != 0;
        return std::pair(!is_self_signed, *time_of(X509_get0_notAfter(issuer.get())));
    };
    std::ranges::sort(issuers, [&](const X509Ptr& a, const X509Ptr& b) { return worth(a) > worth(b); });
    return issuers;
}

} // namespace

Issuers::Issuers() : parts_(std::make_unique<Parts>()) {}
Issuers::Issuers(Issuers&&) noexcept = default;
Issuers& Issuers::operator=(Issuers&&) noexcept = default;
Issuers::~Issuers() = default;

void Issuers::add(BytesView certificate)
{
    const QuietErrors quiet;
    if (const X509Ptr parsed = parse_certificate(certificate); parsed && parts_->added)
        X509_STORE_add_cert(parts_->added.get(), parsed.get());
}

void Issuers::add_system_store()
{
    const QuietErrors quiet;
    parts_->system.reset(X509_STORE_new());
    if (parts_->system)
        X509_STORE_set_default_paths(parts_->system.get());
}

Chain Issuers::chain_of(BytesView certificate, const std::vector<Bytes>& own, std::chrono::sys_seconds moment) const
{
    const QuietErrors quiet;
    const X509Ptr leaf = parse_certificate(certificate);
    if (!leaf)
        return {};
    Path parsed;
    for (const Bytes& each : own) {
        if (X509Ptr one = parse_certificate(each))
            parsed.push_back(std::move(one));
    }
    const std::function<std::vector<X509Ptr>(const X509_NAME*)> find = [&](const X509_NAME* subject) {
        Path found;
        for (const X509Ptr& each : parsed) {
            if (X509_NAME_cmp(X509_get_subject_name(each.get()), subject) == 0)
                found.push_back(shared(each.get()));
        }
        std::ranges::move(found_in(parts_->added.get(), subject), std::back_inserter(found));
        std::ranges::move(found_in(parts_->system.get(), subject), std::back_inserter(found));
        return found;
    };
    Search search(find, moment);
    const bool is_whole = search.extend(leaf.get());
    const Path& path = search.best();
    const std::size_t below_root = is_whole && !path.empty() ? path.size() - 1 : path.size();
    Chain chain;
    for (std::size_t i = 0; i < below_root; ++i)
        chain.certificates.push_back(to_der(path[i].get()));
    if (!is_whole)
        chain.missing_issuer = one_line(X509_get_issuer_name(path.empty() ? leaf.get() : path.back().get()));
    return chain;
}

std::vector<std::string> issuer_urls(BytesView certificate)
{
    constexpr int kMost = 8;
    constexpr int kLongest = 2048;
    const QuietErrors quiet;
    std::vector<std::string> urls;
    const X509Ptr parsed = parse_certificate(certificate);
    if (!parsed)
        return urls;
    const std::unique_ptr<AUTHORITY_INFO_ACCESS, Deleter<AUTHORITY_INFO_ACCESS_free>> access(
        static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(parsed.get(), NID_info_access, nullptr, nullptr)));
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()) && urls.size() < kMost; ++i) {
        const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(one->method) != NID_ad_ca_issuers || one->location->type != GEN_URI)
            continue;
        const ASN1_IA5STRING* text = one->location->d.uniformResourceIdentifier;
        if (ASN1_STRING_length(text) > kLongest)
            continue;
        std::string url(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                        static_cast<std::size_t>(ASN1_STRING_length(text)));
        const std::string scheme = base::ascii_lower(url.substr(0, url.find(':')));
        const bool is_plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
        if ((scheme == "http" || scheme == "https") && is_plain)
            urls.push_back(std::move(url));
    }
    return urls;
}

} // namespace sceau::mail::cms
