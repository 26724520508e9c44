#include "tests/support/softhsm.h"

#include "tests/support/run.h"

namespace sceau::test {

namespace fs = std::filesystem;

SoftHsm::SoftHsm()
{
    const fs::path tokens = folder() / "tokens";
    fs::create_directory(tokens);
    folder_.write("softhsm2.conf", "directories.tokendir = " + tokens.string() + "\n" +
                                       "objectstore.backend = file\n"
                                       "log.level = ERROR\n");
}

void SoftHsm::add_token(const std::string& label, const std::string& pin)
{
    run({"softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", pin},
        module().environment);
    pins_[label] = pin;
}

Certified SoftHsm::add_key(const std::string& token, const CertificateProfile& profile,
                           AlwaysAuthenticate always_authenticate, base::Bytes cka_id)
{
    Certified added{.cka_id = cka_id.empty() ? next_id() : std::move(cka_id),
                    .certificate = issue_certificate(profile)};
    std::vector<std::string> arguments = {"--write-object", key_file(profile.key),      "--type",  "privkey",
                                          "--id",           base::to_hex(added.cka_id), "--label", profile.name,
                                          "--usage-sign"};
    // What the token permits follows the certificate's keyUsage.
    if (profile.key_usage.find("keyEncipherment") != std::string::npos)
        arguments.emplace_back("--usage-decrypt");
    if (profile.key_usage.find("keyAgreement") != std::string::npos)
        arguments.emplace_back("--usage-derive");
    if (always_authenticate == AlwaysAuthenticate::yes)
        arguments.emplace_back("--always-auth");
    pkcs11_tool(token, std::move(arguments));
    add_certificate(token, added.certificate, added.cka_id);
    return added;
}

void SoftHsm::add_public_key(const std::string& token, const std::string& key, const std::string& label,
                             base::BytesView cka_id)
{
    const std::string der = folder() / "public.der";
    run({"openssl", "pkey", "-in", key_file(key), "-pubout", "-outform", "DER", "-out", der});
    pkcs11_tool(token, {"--write-object", der, "--type", "pubkey", "--id", base::to_hex(cka_id), "--label", label});
}

void SoftHsm::add_key_pair(const std::string& token, const std::string& key, const std::string& label)
{
    run({"softhsm2-util", "--import", key_file(key), "--token", token, "--pin", pins_.at(token), "--id",
         base::to_hex(next_id()), "--label", label},
        module().environment);
}

void SoftHsm::add_ed25519_key(const std::string& token)
{
    run({"softhsm2-util", "--import", key_file("ed25519"), "--token", token, "--pin", pins_.at(token), "--id",
         base::to_hex(next_id()), "--label", "Ed25519"},
        module().environment);
}

void SoftHsm::add_certificate(const std::string& token, base::BytesView der, base::BytesView cka_id)
{
    std::vector<std::string> arguments = {
        "--write-object", folder_.write("certificate.der", std::string(base::as_text(der))), "--type", "cert"};
    if (!cka_id.empty())
        arguments.insert(arguments.end(), {"--id", base::to_hex(cka_id)});
    pkcs11_tool(token, std::move(arguments));
}

pkcs11::Module SoftHsm::module() const
{
    return module(kSoftHsmModule, {});
}

pkcs11::Module SoftHsm::module(const fs::path& path, std::map<std::string, std::string> environment) const
{
    environment["SOFTHSM2_CONF"] = folder() / "softhsm2.conf";
    return {.path = path, .environment = std::move(environment)};
}

void SoftHsm::pkcs11_tool(const std::string& token, std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), {"pkcs11-tool", "--module", kSoftHsmModule, "--token-label", token, "--login",
                                         "--pin", pins_.at(token)});
    run(arguments, module().environment);
}

base::Bytes SoftHsm::next_id()
{
    return {++ids_};
}

} // namespace sceau::test
