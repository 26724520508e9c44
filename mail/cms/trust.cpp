#include "mail/cms/trust.h"

#include "base/display_text.h"
#include "mail/cms/algorithms.h"
#include "mail/cms/path_check.h"

#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>

namespace sceau::mail::cms {

using base::Result;

namespace {

Result<BioPtr> open_file(const std::filesystem::path& path)
{
    errno = 0;
    BioPtr bio(BIO_new_file(path.c_str(), "rb"));
    if (!bio)
        return std::unexpected(base::io_errno("cannot open " + path.string(), errno));
    return bio;
}

Result<> add_authorities(X509_STORE* store, const std::filesystem::path& path)
{
    TRY_ASSIGN(const BioPtr bio, open_file(path));
    unsigned count = 0;
    while (const X509Ptr root{PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)}) {
        X509_STORE_add_cert(store, root.get());
        ++count;
    }
    if (count == 0)
        return std::unexpected(base::io("there is no certificate in " + path.string()));
    return {};
}

Result<> add_certificates(STACK_OF(X509) * known, const std::filesystem::path& path)
{
    TRY_ASSIGN(const BioPtr bio, open_file(path));
    const int before = sk_X509_num(known);
    const auto add = [&](X509Ptr certificate) {
        if (certificate && sk_X509_push(known, certificate.get()) > 0)
            certificate.release(); // NOLINT(bugprone-unused-return-value): the stack owns it now
    };
    while (X509Ptr certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
        add(std::move(certificate));
    if (sk_X509_num(known) == before) {
        TRY_ASSIGN(const BioPtr again, open_file(path));
        add(X509Ptr(d2i_X509_bio(again.get(), nullptr)));
    }
    if (sk_X509_num(known) == before)
        return std::unexpected(base::io("there is no certificate in " + path.string()));
    return {};
}

Result<> add_lists(std::vector<RevocationList>& lists, const std::filesystem::path& path)
{
    TRY_ASSIGN(const BioPtr bio, open_file(path));
    const std::size_t before = lists.size();
    const auto add = [&](X509CrlPtr list) {
        std::string issuer = common_name(X509_CRL_get_issuer(list.get()));
        lists.push_back({std::move(list), std::move(issuer), base::made_plain(path.filename().string())});
    };
    while (X509CrlPtr list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)})
        add(std::move(list));
    if (lists.size() == before) {
        TRY_ASSIGN(const BioPtr again, open_file(path));
        if (X509CrlPtr list{d2i_X509_CRL_bio(again.get(), nullptr)})
            add(std::move(list));
    }
    if (lists.size() == before)
        return std::unexpected(base::io("there is no revocation list in " + path.string()));
    return {};
}

/// Sets the rules for paths (RFC 5280 §6.1.1). Policies count where certificates demand it.
void set_rules(X509_VERIFY_PARAM* parameters, std::chrono::sys_seconds moment, bool with_lists)
{
    constexpr int kLongestPath = 16; // certificates between the signer's and a root; each costs a calculation
    X509_VERIFY_PARAM_set_time(parameters, moment.time_since_epoch().count());
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SMIME_SIGN);
    X509_VERIFY_PARAM_set_auth_level(parameters, 1); // forbids SHA-1 and RSA under 1024 bits
    X509_VERIFY_PARAM_set_depth(parameters, kLongestPath);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_POLICY_CHECK);
    X509_VERIFY_PARAM_add0_policy(parameters, OBJ_nid2obj(NID_any_policy)); // an empty set would accept no policy
    if (with_lists)
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                                    X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS);
}

} // namespace

std::string_view to_string(Revocation revocation)
{
    switch (revocation) {
    case Revocation::not_asked:
        return "not_asked";
    case Revocation::unknown:
        return "unknown";
    case Revocation::checked:
        return "checked";
    }
    return "";
}

struct Trust::Parts {
    X509StorePtr store;
    X509StackPtr known;
    std::vector<RevocationList> lists;
    bool require_revocation = false;
};

Trust::Trust(std::unique_ptr<Parts> parts, std::chrono::sys_seconds moment) : parts_(std::move(parts)), moment_(moment)
{
}
Trust::Trust(Trust&&) noexcept = default;
Trust& Trust::operator=(Trust&&) noexcept = default;
Trust::~Trust() = default;

Result<Trust> Trust::open(const TrustOptions& options)
{
    const QuietErrors quiet;
    auto parts = std::make_unique<Parts>(Parts{.store = X509StorePtr(X509_STORE_new()),
                                               .known = X509StackPtr(sk_X509_new_null()),
                                               .lists = {},
                                               .require_revocation = options.require_revocation});
    if (!parts->store || !parts->known)
        return std::unexpected(base::internal("OpenSSL cannot make a store of certificates"));
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(parts->store.get());
    if (options.ca_file) {
        TRY(add_authorities(parts->store.get(), *options.ca_file));
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN); // these certificates need not be roots
    } else {
        X509_STORE_set_default_paths(parts->store.get());
    }
    for (const std::filesystem::path& path : options.certificate_files)
        TRY(add_certificates(parts->known.get(), path));
    for (const std::filesystem::path& path : options.crl_files)
        TRY(add_lists(parts->lists, path));

    const auto moment = options.at.value_or(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    set_rules(parameters, moment, !parts->lists.empty());
    PathCheck::prepare(parts->store.get());
    return Trust(std::move(parts), moment);
}

const stack_st_X509* Trust::known_certificates() const
{
    return parts_->known.get();
}

PathReport Trust::check(X509* certificate, const std::vector<X509*>& others) const
{
    const QuietErrors quiet;
    const X509ViewsPtr all(sk_X509_new_null());
    for (X509* other : others) {
        if (is_bounded(X509_get0_pubkey(other)))
            sk_X509_push(all.get(), other);
    }
    // A list that proves unusable must not hide a usable one, so the path is followed again without it.
    constexpr std::size_t kMostRounds = 16;
    std::set<const X509_CRL*> unfit;
    std::vector<Finding> warnings;
    for (std::size_t round = 0;; ++round) {
        PathCheck check(parts_->lists, unfit);
        const bool done = check.run(parts_->store.get(), certificate, all.get());
        const bool again = !check.unfit().empty() && round < kMostRounds;
        for (const RevocationList& list : parts_->lists) {
            if (const auto why = check.unfit().find(list.list.get()); why != check.unfit().end())
                warnings.push_back(
                    {.what = Found::list_unfit, .issuer = list.issuer, .file = list.file, .reason = why->second});
        }
        for (const auto& [list, why] : check.unfit())
            unfit.insert(list);
        if (again)
            continue;
        PathReport report = std::move(check).take();
        std::ranges::move(warnings, std::back_inserter(report.warnings));
        if (!done && report.flaws.empty())
            report.flaws.push_back({Fault::unknown_issuer, {.what = Found::path_unchecked}});
        if (parts_->require_revocation && report.revocation != Revocation::checked)
            report.flaws.push_back(
                {Fault::revocation_unknown,
                 {.what = report.revocation == Revocation::not_asked ? Found::revocation_not_given
                                                                     : Found::revocation_unanswered}});
        return report;
    }
}

} // namespace sceau::mail::cms
