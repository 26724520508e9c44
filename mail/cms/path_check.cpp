#include "mail/cms/path_check.h"

#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sceau::mail::cms {

namespace {

/// Returns the name in the form of Finding::name.
std::string holder_of(const X509* certificate)
{
    return certificate != nullptr ? common_name(X509_get_subject_name(certificate)) : std::string();
}

/// OpenSSL also calls a key too weak if it does not know its kind.
Flaw weak_key(const X509* authority, const std::string& name)
{
    if (X509_get0_pubkey(authority) == nullptr)
        return {Fault::uncheckable, {.what = Found::authority_key_unknown, .name = name}};
    return {Fault::too_weak, {.what = Found::authority_key_too_small, .name = name}};
}

Flaw weak_hash(X509* certificate, const std::string& name)
{
    int hash = NID_undef;
    if (X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) != 1 || hash == NID_undef)
        return {Fault::uncheckable, {.what = Found::issued_by_unknown_algorithm, .name = name}};
    return {Fault::too_weak, {.what = Found::issued_by_weak_hash, .name = name, .algorithm = OBJ_nid2sn(hash)}};
}

bool allows_mail(X509* certificate, int depth)
{
    // OpenSSL's purpose accepts only emailProtection; RFC 8550 §4.4.4 also accepts anyExtendedKeyUsage.
    const bool may_sign =
        (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0 || depth > 0;
    return may_sign && (X509_get_extended_key_usage(certificate) & (XKU_SMIME | XKU_ANYEKU)) != 0;
}

bool is_out_of_date(int error)
{
    return error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID;
}

/// Returns whether the error is about a revocation list and not about the certificate.
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

bool is_delta(const X509_CRL* list)
{
    return X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0;
}

/// OpenSSL's own callbacks, which those of the store wrap.
struct Defaults {
    X509_STORE_CTX_check_crl_fn check_list = nullptr;
    X509_STORE_CTX_cert_crl_fn look_up = nullptr;
};

const Defaults& defaults()
{
    static const Defaults of_openssl = [] {
        const X509StorePtr store(X509_STORE_new());
        const X509StoreCtxPtr context(X509_STORE_CTX_new());
        if (!store || !context || X509_STORE_CTX_init(context.get(), store.get(), nullptr, nullptr) != 1)
            return Defaults();
        return Defaults{X509_STORE_CTX_get_check_crl(context.get()), X509_STORE_CTX_get_cert_crl(context.get())};
    }();
    return of_openssl;
}

} // namespace

void PathCheck::prepare(X509_STORE* store)
{
    if (defaults().check_list == nullptr || defaults().look_up == nullptr)
        return;
    X509_STORE_set_check_crl(store, check_list);
    X509_STORE_set_cert_crl(store, look_up);
}

bool PathCheck::run(X509_STORE* store, X509* certificate, STACK_OF(X509) * others)
{
    const X509CrlViewsPtr lists(sk_X509_CRL_new_null());
    const X509StoreCtxPtr context(X509_STORE_CTX_new());
    if (!lists || !context || X509_STORE_CTX_init(context.get(), store, certificate, others) != 1)
        return false;
    for (const RevocationList& list : lists_) {
        if (!left_aside_.contains(list.list.get()))
            sk_X509_CRL_push(lists.get(), list.list.get());
    }
    X509_STORE_CTX_set0_crls(context.get(), lists.get());
    X509_STORE_CTX_set_app_data(context.get(), this);
    X509_STORE_CTX_set_verify_cb(context.get(), on_result);
    const bool done = X509_verify_cert(context.get()) == 1;
    conclude(X509_STORE_CTX_get0_chain(context.get()));
    return done;
}

PathReport PathCheck::take() &&
{
    if (lists_.empty())
        report_.revocation = Revocation::not_asked;
    else
        report_.revocation =
            unchecked_.empty() && !issuer_of_list_unchecked_ ? Revocation::checked : Revocation::unknown;
    return std::move(report_);
}

/// OpenSSL follows the path to the issuer of a list in a context of its own.
PathCheck& PathCheck::of(X509_STORE_CTX* context)
{
    X509_STORE_CTX* parent = X509_STORE_CTX_get0_parent_ctx(context);
    return *static_cast<PathCheck*>(X509_STORE_CTX_get_app_data(parent != nullptr ? parent : context));
}

int PathCheck::on_result(int ok, X509_STORE_CTX* context)
{
    if (ok == 1)
        return 1;
    if (X509_STORE_CTX_get0_parent_ctx(context) != nullptr)
        return of(context).found_on_path_of_list(context) ? 1 : 0;
    of(context).found(context);
    return 1;
}

int PathCheck::check_list(X509_STORE_CTX* context, X509_CRL* list)
{
    PathCheck& check = of(context);
    X509_CRL* outer = std::exchange(check.current_, list);
    const int ok = defaults().check_list(context, list);
    check.current_ = outer;
    return ok;
}

int PathCheck::look_up(X509_STORE_CTX* context, X509_CRL* list, X509* certificate)
{
    PathCheck& check = of(context);
    if (check.unfit_.contains(list))
        return 1;
    check.used_.insert(list);
    if (X509_STORE_CTX_get0_parent_ctx(context) == nullptr)
        check.answered_.insert(X509_STORE_CTX_get_error_depth(context));
    X509_CRL* outer = std::exchange(check.current_, list);
    const int result = defaults().look_up(context, list, certificate);
    check.current_ = outer;
    return result;
}

/// The signer of a list must be trusted as firmly as the certificates. Whether that signer is revoked may stay open; a
/// warning then says so.
bool PathCheck::found_on_path_of_list(X509_STORE_CTX* context)
{
    const int error = X509_STORE_CTX_get_error(context);
    if (!is_about_list(error))
        return false;
    if (current_ != nullptr && error != X509_V_ERR_UNABLE_TO_GET_CRL && !is_out_of_date(error))
        unfit_.emplace(current_, X509_verify_cert_error_string(error));
    const int depth = X509_STORE_CTX_get_error_depth(context);
    if (depth + 1 == sk_X509_num(X509_STORE_CTX_get0_chain(context)))
        return true; // the trust anchor
    issuer_of_list_unchecked_ = true;
    warn({.what = Found::list_issuer_unchecked, .name = holder_of(X509_STORE_CTX_get_current_cert(context))});
    return true;
}

void PathCheck::found(X509_STORE_CTX* context)
{
    const int error = X509_STORE_CTX_get_error(context);
    const int depth = X509_STORE_CTX_get_error_depth(context);
    X509* certificate = X509_STORE_CTX_get_current_cert(context);
    const std::string name = holder_of(certificate);
    switch (error) {
    case X509_V_ERR_CERT_REVOKED:
        if (!unfit_.contains(current_))
            add({Fault::revoked, {.what = Found::revoked, .name = name}});
        return;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return add({Fault::not_valid_then,
                    {.what = Found::expired, .name = name, .date = time_of(X509_get0_notAfter(certificate))}});
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return add({Fault::not_valid_then,
                    {.what = Found::not_valid_yet, .name = name, .date = time_of(X509_get0_notBefore(certificate))}});
    case X509_V_ERR_INVALID_PURPOSE:
        if (!allows_mail(certificate, depth))
            add({Fault::wrong_purpose, {.what = Found::not_for_mail, .name = name}});
        return;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
        return; // signer_check.cpp judges the signer's own signature
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return add(weak_key(certificate, name));
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return add(weak_hash(certificate, name));
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return add({Fault::wrong_purpose, {.what = Found::critical_extension_unknown, .name = name}});
    default:
        return is_about_list(error) ? unchecked(error, depth) : untrusted(error, name);
    }
}

void PathCheck::unchecked(int error, int depth)
{
    unchecked_.insert(depth);
    if (current_ == nullptr)
        return;
    // A revocation in an old list remains valid. A list that its issuer did not sign proves nothing.
    if (error == X509_V_ERR_CRL_HAS_EXPIRED)
        out_of_date_.emplace(current_,
                             about(current_, Found::list_out_of_date, time_of(X509_CRL_get0_nextUpdate(current_))));
    else if (error == X509_V_ERR_CRL_NOT_YET_VALID)
        out_of_date_.emplace(current_,
                             about(current_, Found::list_too_new, time_of(X509_CRL_get0_lastUpdate(current_))));
    else
        unfit_.emplace(current_, X509_verify_cert_error_string(error));
}

void PathCheck::untrusted(int error, const std::string& name)
{
    switch (error) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return add({Fault::unknown_issuer, {.what = Found::vouches_for_itself, .name = name}});
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return add({Fault::unknown_issuer, {.what = Found::authority_not_trusted, .name = name}});
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        return add({Fault::unknown_issuer, {.what = Found::issuer_not_known, .name = name}});
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        // OpenSSL always reports this together with one of the cases above.
        return add({Fault::unknown_issuer, {.what = Found::nobody_vouches, .name = name}});
    case X509_V_ERR_NO_EXPLICIT_POLICY:
        return add({Fault::unknown_issuer, {.what = Found::no_common_policy}});
    default:
        return add({Fault::unknown_issuer,
                    {.what = Found::not_trusted, .name = name, .reason = X509_verify_cert_error_string(error)}});
    }
}

void PathCheck::conclude(const STACK_OF(X509) * path)
{
    warn_of_weak_authorities(path);
    if (lists_.empty())
        return;
    // The last certificate is the trust anchor, or is not trusted at all, which is a finding of its own.
    const int anchor = sk_X509_num(path) - 1;
    if (anchor > 0)
        unchecked_.erase(anchor);
    apply_deltas(path);
    name_gaps(path);
    name_unused(path);
}

/// RFC 8550 §4.3. The signer's own key is checked together with its signature.
void PathCheck::warn_of_weak_authorities(const STACK_OF(X509) * path)
{
    constexpr int kWeak = 112;
    for (int i = 1; i < sk_X509_num(path); ++i) {
        X509* authority = sk_X509_value(path, i);
        const EVP_PKEY* key = X509_get0_pubkey(authority);
        if (key != nullptr && EVP_PKEY_get_security_bits(key) < kWeak)
            warn({.what = Found::authority_key_weak, .name = holder_of(authority)});
    }
}

/// OpenSSL ignores a delta list that neither the certificate nor the full list announces (freshestCRL, RFC 5280
/// §5.2.6), and a delta list without its full list. Its revocations are reported nevertheless.
void PathCheck::apply_deltas(const STACK_OF(X509) * path)
{
    for (const RevocationList& one : lists_) {
        X509_CRL* list = one.list.get();
        if (!is_delta(list) || used_.contains(list) || unfit_.contains(list) || left_aside_.contains(list))
            continue;
        for (int i = 0; i + 1 < sk_X509_num(path); ++i) {
            X509* certificate = sk_X509_value(path, i);
            EVP_PKEY* key = X509_get0_pubkey(sk_X509_value(path, i + 1));
            if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(certificate)) != 0 || key == nullptr ||
                X509_CRL_verify(list, key) != 1)
                continue;
            if (answered_.contains(i))
                used_.insert(list);
            X509_REVOKED* entry = nullptr;
            if (X509_CRL_get0_by_cert(list, &entry, certificate) == 1)
                add({Fault::revoked, {.what = Found::revoked, .name = holder_of(certificate)}});
        }
    }
}

void PathCheck::name_gaps(const STACK_OF(X509) * path)
{
    for (const int depth : unchecked_) {
        if (depth >= sk_X509_num(path))
            continue;
        const X509* certificate = sk_X509_value(path, depth);
        if (answered_.contains(depth))
            warn({.what = Found::lists_do_not_answer, .name = holder_of(certificate)});
        else
            warn({.what = Found::no_list_by_issuer,
                  .other = common_name(X509_get_issuer_name(certificate)),
                  .name = holder_of(certificate)});
    }
}

void PathCheck::name_unused(const STACK_OF(X509) * path)
{
    for (const auto& [list, finding] : out_of_date_)
        warn(finding);
    for (const RevocationList& one : lists_) {
        const X509_CRL* list = one.list.get();
        if (used_.contains(list) || unfit_.contains(list) || out_of_date_.contains(list) || left_aside_.contains(list))
            continue;
        bool is_of_issuer = false;
        for (int i = 0; i < sk_X509_num(path); ++i)
            is_of_issuer = is_of_issuer ||
                           X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(sk_X509_value(path, i))) == 0;
        warn(about(list, !is_of_issuer    ? Found::list_of_other_issuer
                         : is_delta(list) ? Found::list_without_whole
                                          : Found::list_adds_nothing));
    }
}

/// The system's lists have no names.
Finding PathCheck::about(const X509_CRL* list, Found what, std::optional<std::chrono::sys_seconds> date) const
{
    const auto named = std::ranges::find_if(lists_, [&](const RevocationList& one) { return one.list.get() == list; });
    if (named == lists_.end())
        return {.what = what, .date = date};
    return {.what = what, .issuer = named->issuer, .file = named->file, .date = date};
}

void PathCheck::add(Flaw flaw)
{
    const bool known =
        std::ranges::any_of(report_.flaws, [&](const Flaw& other) { return other.finding == flaw.finding; });
    if (!known)
        report_.flaws.push_back(std::move(flaw));
}

void PathCheck::warn(Finding warning)
{
    if (std::ranges::find(report_.warnings, warning) == report_.warnings.end())
        report_.warnings.push_back(std::move(warning));
}

} // namespace sceau::mail::cms
