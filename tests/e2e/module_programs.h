// Programs with sceau-pkcs11.so that take more than a command line: what they have to be told first.
#pragma once

#include "tests/e2e/module_desk.h"

namespace sceau::test {

/// openssl(1) to which "-engine pkcs11" is the module: what its command line begins with.
Arguments openssl_with_engine(const ModuleDesk& desk);

/// NSS's database, for its tools' -d, which trusts the desk's authority and knows the module.
std::string nss_store(const ModuleDesk& desk);

/// A GnuPG home whose gpg-agent finds keys through gnupg-pkcs11-scd. One a desk.
class Gnupg {
  public:
    explicit Gnupg(const ModuleDesk& desk);
    Gnupg(const Gnupg&) = delete;
    Gnupg& operator=(const Gnupg&) = delete;
    ~Gnupg();

    /// As ModuleDesk::out_of.
    std::string gpgsm(const Arguments& arguments) const;

  private:
    const ModuleDesk& desk_;
};

/// One command line of several pieces.
Arguments operator+(Arguments one, const Arguments& other);

} // namespace sceau::test
