// A SoftHSM for one test: a store in a temporary folder, filled with tokens, keys and certificates.
//
//     SoftHsm softhsm;
//     softhsm.add_token("Direction 2026");
//     const Certified key = softhsm.add_key("Direction 2026", {.key = "p256", .addresses = {"direction@example.org"}},
//                                           AlwaysAuthenticate::yes);
//     Worker::start(softhsm.module(), …)
//
// Failures in the set-up throw std::runtime_error, with the tool's message.
#pragma once

#include "pkcs11/worker.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ca.h"

namespace sceau::test {

inline constexpr const char* kSoftHsmModule = "/usr/lib/softhsm/libsofthsm2.so";
inline constexpr const char* kPin = "123456";

/// CKA_ALWAYS_AUTHENTICATE: each signature needs a C_Login of its own.
enum class AlwaysAuthenticate { no, yes };

struct Certified {
    base::Bytes cka_id;
    base::Bytes certificate; // DER
};

class SoftHsm {
  public:
    /// There is no token yet. SoftHSM always shows one more slot, with an uninitialised token.
    SoftHsm();

    /// Each token needs a label of its own. The PIN has 4 to 255 characters.
    void add_token(const std::string& label, const std::string& pin = kPin);

    /// Adds a key of tests/data/keys with a certificate, under this CKA_ID or the next free one of this store.
    Certified add_key(const std::string& token, const CertificateProfile& profile,
                      AlwaysAuthenticate always_authenticate = AlwaysAuthenticate::no, base::Bytes cka_id = {});
    /// Adds the public key object of a key of tests/data/keys, without certificate.
    void add_public_key(const std::string& token, const std::string& key, const std::string& label,
                        base::BytesView cka_id);
    /// Adds a private key of tests/data/keys and its public key object, without certificate.
    void add_key_pair(const std::string& token, const std::string& key, const std::string& label);
    /// Adds an Ed25519 key pair.
    void add_ed25519_key(const std::string& token);
    void add_certificate(const std::string& token, base::BytesView der, base::BytesView cka_id);

    /// For the agent's configuration and for Worker::start.
    pkcs11::Module module() const;
    /// The same store through another module, such as one that wraps SoftHSM.
    pkcs11::Module module(const std::filesystem::path& path, std::map<std::string, std::string> environment) const;

    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    void pkcs11_tool(const std::string& token, std::vector<std::string> arguments) const;
    base::Bytes next_id();

    TemporaryFolder folder_;
    std::map<std::string, std::string> pins_; // by the token's label
    std::uint8_t ids_ = 0;
};

} // namespace sceau::test
