// Programs with sceau-pkcs11.so that need some set-up besides a command line.
#pragma once

#include "tests/e2e/module_desk.h"

namespace sceau::test {

/// The beginning of an openssl(1) command line whose "-engine pkcs11" is the module.
Arguments openssl_with_engine(const ModuleDesk& desk);

/// An NSS database, for the option -d of its tools, that trusts the desk's authority and knows the module.
std::string nss_store(const ModuleDesk& desk);

/// A GnuPG home whose gpg-agent finds keys through gnupg-pkcs11-scd. A desk can have only one.
class Gnupg {
  public:
    explicit Gnupg(const ModuleDesk& desk);
    Gnupg(const Gnupg&) = delete;
    Gnupg& operator=(const Gnupg&) = delete;
    ~Gnupg();

    /// Like ModuleDesk::out_of.
    std::string gpgsm(const Arguments& arguments) const;

  private:
    const ModuleDesk& desk_;
};

/// Joins pieces of a command line.
Arguments operator+(Arguments one, const Arguments& other);

} // namespace sceau::test
