// Gathers everything that OpenSSL finds on the way from a certificate to a root, where OpenSSL alone would stop at the
// first fault, and what the revocation lists say. For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/openssl.h"
#include "mail/cms/trust.h"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sceau::mail::cms {

struct RevocationList {
    X509CrlPtr list;
    std::string issuer; // fit to be shown, like the name of the file
    std::string file;
};

class PathCheck {
  public:
    /// The lists in `unfit` are not used.
    PathCheck(const std::vector<RevocationList>& lists, const std::set<const X509_CRL*>& unfit)
        : lists_(lists), left_aside_(unfit)
    {
    }

    /// Makes the store ask a PathCheck at each step.
    static void prepare(X509_STORE* store);
    /// Returns false if OpenSSL could not run the check.
    bool run(X509_STORE* store, X509* certificate, STACK_OF(X509) * others);

    /// Returns the lists that proved not to be their issuers' or not usable here, with the reasons.
    const std::map<const X509_CRL*, std::string>& unfit() const { return unfit_; }
    PathReport take() &&;

  private:
    static PathCheck& of(X509_STORE_CTX* context);
    static int on_result(int ok, X509_STORE_CTX* context);
    static int check_list(X509_STORE_CTX* context, X509_CRL* list);
    static int look_up(X509_STORE_CTX* context, X509_CRL* list, X509* certificate);

    void found(X509_STORE_CTX* context);
    bool found_on_path_of_list(X509_STORE_CTX* context);
    void unchecked(int error, int depth);
    void untrusted(int error, const std::string& name);

    void conclude(const STACK_OF(X509) * path);
    void warn_of_weak_authorities(const STACK_OF(X509) * path);
    void apply_deltas(const STACK_OF(X509) * path);
    void name_gaps(const STACK_OF(X509) * path);
    void name_unused(const STACK_OF(X509) * path);
    Finding about(const X509_CRL* list, Found what, std::optional<std::chrono::sys_seconds> date = {}) const;

    void add(Flaw flaw);
    void warn(Finding warning);

    const std::vector<RevocationList>& lists_;
    const std::set<const X509_CRL*>& left_aside_;
    PathReport report_;
    X509_CRL* current_ = nullptr; // the list being examined
    std::map<const X509_CRL*, std::string> unfit_;
    std::map<const X509_CRL*, Finding> out_of_date_;
    std::set<const X509_CRL*> used_;
    std::set<int> answered_;  // depths of the certificates that a list has been asked about
    std::set<int> unchecked_; // depths of the certificates
    bool issuer_of_list_unchecked_ = false;
};

} // namespace sceau::mail::cms
