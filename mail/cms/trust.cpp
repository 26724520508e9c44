#include "mail/cms/trust.h"

#include "mail/cms/openssl.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

namespace sceau::mail::cms {

using base::Result;

namespace {

std::string day(const ASN1_TIME* time)
{
    const auto moment = time_of(time);
    if (!moment)
        return "a date that cannot be read";
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(*moment));
    const auto two_digits = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(static_cast<int>(date.year())) + "-" + two_digits(static_cast<unsigned>(date.month())) + "-" +
           two_digits(static_cast<unsigned>(date.day()));
}

bool allows_mail(X509* certificate, int depth)
{
    // OpenSSL's purpose takes emailProtection alone; RFC 8550 §4.4.4 anyExtendedKeyUsage as well.
    const bool may_sign =
        (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0 || depth > 0;
    return may_sign && (X509_get_extended_key_usage(certificate) & (XKU_SMIME | XKU_ANYEKU)) != 0;
}

/// The errors that are a revocation list's, not the certificate's.
bool is_about_list(int error)
{
    constexpr std::array kErrors = {X509_V_ERR_UNABLE_TO_GET_CRL,
                                    X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER,
                                    X509_V_ERR_CRL_NOT_YET_VALID,
                                    X509_V_ERR_CRL_HAS_EXPIRED,
                                    X509_V_ERR_CRL_SIGNATURE_FAILURE,
                                    X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE,
                                    X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD,
                                    X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD,
                                    X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
                                    X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION,
                                    X509_V_ERR_DIFFERENT_CRL_SCOPE,
                                    X509_V_ERR_CRL_PATH_VALIDATION_ERROR};
    return std::ranges::find(kErrors, error) != kErrors.end();
}

/// Gathers what OpenSSL finds on the way, where it would stop at the first thing.
class PathCheck {
  public:
    /// RFC 8550 §4.3; the signer's own key is looked at beside its signature.
    void warn_of_weak_authorities(const STACK_OF(X509) * path)
    {
        constexpr int kWeak = 112;
        for (int i = 1; i < sk_X509_num(path); ++i) {
            X509* authority = sk_X509_value(path, i);
            const EVP_PKEY* key = X509_get0_pubkey(authority);
            if (key != nullptr && EVP_PKEY_get_security_bits(key) < kWeak)
                warn("The key of the authority " + common_name(X509_get_subject_name(authority)) +
                     " is weaker than RSA with 2048 bits.");
        }
    }

    PathReport take(bool lists_given) &&
    {
        report_.revocation_checked = lists_given && !leaf_unchecked_;
        return std::move(report_);
    }

    static int on_result(int ok, X509_STORE_CTX* context)
    {
        if (ok != 1)
            static_cast<PathCheck*>(X509_STORE_CTX_get_app_data(context))->found(context);
        return 1;
    }

  private:
    void found(X509_STORE_CTX* context)
    {
        const int error = X509_STORE_CTX_get_error(context);
        const int depth = X509_STORE_CTX_get_error_depth(context);
        X509* certificate = X509_STORE_CTX_get_current_cert(context);
        const std::string name =
            certificate != nullptr ? common_name(X509_get_subject_name(certificate)) : std::string("the signer");
        switch (error) {
        case X509_V_ERR_CERT_REVOKED:
            if (!unproven_lists_.contains(depth))
                add(Fault::revoked, "The certificate of " + name + " is revoked.");
            return;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return add(Fault::not_valid_then, "The certificate of " + name + " was valid until " +
                                                  day(X509_get0_notAfter(certificate)) + " only.");
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return add(Fault::not_valid_then, "The certificate of " + name + " is valid from " +
                                                  day(X509_get0_notBefore(certificate)) + " only.");
        case X509_V_ERR_INVALID_PURPOSE:
            if (!allows_mail(certificate, depth))
                add(Fault::wrong_purpose, "The certificate of " + name + " is not one for signed mail.");
            return;
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
            return add(Fault::wrong_purpose,
                       "The certificate of " + name + " has a critical extension that is not known here.");
        default:
            return is_about_list(error) ? unchecked(error, depth, name) : untrusted(error, name);
        }
    }

    void unchecked(int error, int depth, const std::string& name)
    {
        leaf_unchecked_ = leaf_unchecked_ || depth == 0;
        // What was revoked stays so in an old list; one that its issuer did not sign says nothing.
        if (error != X509_V_ERR_CRL_HAS_EXPIRED && error != X509_V_ERR_CRL_NOT_YET_VALID)
            unproven_lists_.insert(depth);
        if (error != X509_V_ERR_UNABLE_TO_GET_CRL)
            warn("The revocation list for the certificate of " + name +
                 " cannot be used: " + X509_verify_cert_error_string(error) + ".");
    }

    void untrusted(int error, const std::string& name)
    {
        switch (error) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return add(Fault::unknown_issuer, "The certificate of " + name + " vouches for itself.");
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return add(Fault::unknown_issuer, "The authority " + name + " is not trusted here.");
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
            return add(Fault::unknown_issuer, "The issuer of the certificate of " + name + " is not known.");
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            // Always beside one of the former.
            return add(Fault::unknown_issuer, "No authority that is trusted here vouches for " + name + ".");
        default:
            return add(Fault::unknown_issuer, "The certificate of " + name +
                                                  " cannot be trusted: " + X509_verify_cert_error_string(error) + ".");
        }
    }

    void add(Fault fault, std::string reason)
    {
        const bool known =
            std::ranges::any_of(report_.findings, [&](const Finding& other) { return other.reason == reason; });
        if (!known)
            report_.findings.push_back({fault, std::move(reason)});
    }

    void warn(std::string warning)
    {
        if (std::ranges::find(report_.warnings, warning) == report_.warnings.end())
            report_.warnings.push_back(std::move(warning));
    }

    PathReport report_;
    bool leaf_unchecked_ = false;
    std::set<int> unproven_lists_; // depths of the certificates that they are for
};

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

Result<> add_lists(X509_STORE* store, const std::filesystem::path& path)
{
    TRY_ASSIGN(const BioPtr bio, open_file(path));
    unsigned count = 0;
    const auto add = [&](const X509CrlPtr& list) {
        X509_STORE_add_crl(store, list.get());
        ++count;
    };
    while (const X509CrlPtr list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)})
        add(list);
    if (count == 0) {
        TRY_ASSIGN(const BioPtr again, open_file(path));
        if (const X509CrlPtr list{d2i_X509_CRL_bio(again.get(), nullptr)})
            add(list);
    }
    if (count == 0)
        return std::unexpected(base::io("there is no revocation list in " + path.string()));
    return {};
}

} // namespace

struct Trust::Parts {
    X509StorePtr store;
    bool lists_given = false;
};

Trust::Trust(std::unique_ptr<Parts> parts, std::chrono::system_clock::time_point moment)
    : parts_(std::move(parts)), moment_(moment)
{
}
Trust::Trust(Trust&&) noexcept = default;
Trust& Trust::operator=(Trust&&) noexcept = default;
Trust::~Trust() = default;

Result<Trust> Trust::open(const TrustOptions& options)
{
    const QuietErrors quiet;
    X509StorePtr store(X509_STORE_new());
    if (!store)
        return std::unexpected(base::internal("OpenSSL cannot make a store of certificates"));
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
    if (options.ca_file) {
        TRY(add_authorities(store.get(), *options.ca_file));
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN); // they need not be roots
    } else {
        X509_STORE_set_default_paths(store.get());
    }
    for (const std::filesystem::path& path : options.crl_files)
        TRY(add_lists(store.get(), path));

    const auto moment = options.at.value_or(std::chrono::system_clock::now());
    X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(moment));
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SMIME_SIGN);
    X509_VERIFY_PARAM_set_auth_level(parameters, 1); // no SHA-1, no RSA under 1024 bits
    if (!options.crl_files.empty())
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return Trust(std::make_unique<Parts>(Parts{std::move(store), !options.crl_files.empty()}), moment);
}

PathReport Trust::check(X509* certificate, stack_st_X509* others) const
{
    const QuietErrors quiet;
    PathCheck check;
    const X509StoreCtxPtr context(X509_STORE_CTX_new());
    bool done = context && X509_STORE_CTX_init(context.get(), parts_->store.get(), certificate, others) == 1;
    if (done) {
        X509_STORE_CTX_set_app_data(context.get(), &check);
        X509_STORE_CTX_set_verify_cb(context.get(), PathCheck::on_result);
        done = X509_verify_cert(context.get()) == 1;
        check.warn_of_weak_authorities(X509_STORE_CTX_get0_chain(context.get()));
    }
    PathReport report = std::move(check).take(parts_->lists_given);
    if (!done && report.findings.empty())
        report.findings.push_back({Fault::unknown_issuer, "OpenSSL cannot check the signer's certificate."});
    return report;
}

} // namespace sceau::mail::cms
