// sceau-pkcs11.so as a program loads it.
#pragma once

#include "clients/pkcs11-module/cryptoki.h"
#include "tests/support/fake_agent.h"

#include <memory>
#include <vector>

namespace sceau::test {

/// Keys that the tests share, since making them takes time: RSA 2048, P-256 and P-384.
const Identity& rsa_identity();
const Identity& p256_identity();
const Identity& p384_identity();

/// Returns the module's functions; throws std::runtime_error if it cannot be loaded.
const CK_FUNCTION_LIST& functions();

/// The module is initialised as long as this object lives.
class LoadedModule {
  public:
    LoadedModule();
    ~LoadedModule();
    LoadedModule(const LoadedModule&) = delete;
    LoadedModule& operator=(const LoadedModule&) = delete;

    const CK_FUNCTION_LIST* operator->() const { return &functions(); }

    std::vector<CK_SLOT_ID> slots(bool with_token) const;
    CK_SESSION_HANDLE open_session(CK_SLOT_ID slot = 0) const;
    std::vector<CK_OBJECT_HANDLE> find(CK_SESSION_HANDLE session, std::vector<CK_ATTRIBUTE> wanted) const;
    /// Returns the only private key of this type.
    CK_OBJECT_HANDLE private_key(CK_SESSION_HANDLE session, CK_KEY_TYPE type) const;
    base::Bytes attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
};

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value)
{
    return {.type = type, .pValue = &value, .ulValueLen = sizeof value};
}

} // namespace sceau::test
