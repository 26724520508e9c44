// Owners for OpenSSL's handles. For mail/cms/*.cpp only.
#pragma once

#include "base/openssl.h"
#include "base/scheme.h"

#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <optional>

namespace sceau::mail::cms {

using base::Deleter;
using base::evp_md;
using base::QuietErrors;

using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using X509CrlPtr = std::unique_ptr<X509_CRL, Deleter<X509_CRL_free>>;
using X509StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using X509StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
using X509AlgorPtr = std::unique_ptr<X509_ALGOR, Deleter<X509_ALGOR_free>>;
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using EvpPkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using EvpMdCtxPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
using AsnTimePtr = std::unique_ptr<ASN1_TIME, Deleter<ASN1_TIME_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
inline void free_certificates(STACK_OF(X509) * stack)
{
    sk_X509_pop_free(stack, X509_free);
}
inline void free_views(STACK_OF(X509) * stack)
{
    sk_X509_free(stack);
}
using X509StackPtr = std::unique_ptr<STACK_OF(X509), Deleter<free_certificates>>;
/// A stack of certificates that others own.
using X509ViewsPtr = std::unique_ptr<STACK_OF(X509), Deleter<free_views>>;
inline void free_crl_views(STACK_OF(X509_CRL) * stack)
{
    sk_X509_CRL_free(stack);
}
/// A stack of revocation lists that others own.
using X509CrlViewsPtr = std::unique_ptr<STACK_OF(X509_CRL), Deleter<free_crl_views>>;
inline void free_algorithms(STACK_OF(X509_ALGOR) * stack)
{
    sk_X509_ALGOR_pop_free(stack, X509_ALGOR_free);
}
using X509AlgorStackPtr = std::unique_ptr<STACK_OF(X509_ALGOR), Deleter<free_algorithms>>;
using PssParametersPtr = std::unique_ptr<RSA_PSS_PARAMS, Deleter<RSA_PSS_PARAMS_free>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, Deleter<CMS_ContentInfo_free>>;

/// Returns null unless the bytes are one certificate and nothing more.
X509Ptr parse_certificate(base::BytesView der);
/// Returns null unless the bytes are one SubjectPublicKeyInfo and nothing more.
EvpPkeyPtr parse_public_key(base::BytesView der);
base::Bytes to_der(const X509* certificate);

/// Returns the name on one line (RFC 2253 with UTF-8), fit to be shown.
std::string one_line(const X509_NAME* name);
/// Returns the common name, the most specific one if there are several, or the whole name if there is none. It is fit
/// to be shown.
std::string common_name(const X509_NAME* name);

/// Returns nothing if the value is not a valid time.
std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME* time);

} // namespace sceau::mail::cms
