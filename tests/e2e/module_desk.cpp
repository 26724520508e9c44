#include "tests/e2e/module_desk.h"

#include "base/bytes.h"
#include "tests/support/test_ca.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>

namespace sceau::test {

namespace {

CertificateProfile carols(const std::string& key, Encryption encryption)
{
    return {.key = key,
            .name = "Carol Example",
            .addresses = {"carol@example.org"},
            .key_usage = encryption == Encryption::rsa ? "critical,digitalSignature,keyEncipherment"
                                                       : "critical,digitalSignature,keyAgreement"};
}

std::unique_ptr<AgentDesk> softhsm_desk(Encryption encryption)
{
    auto desk = std::make_unique<Desk>();
    desk->softhsm.add_key("Direction 2026", carols(encryption == Encryption::rsa ? "rsa3072" : "p521", encryption));
    if (desk->sceau({"keys"}).status != 0) // makes the agent look again
        throw std::runtime_error("the agent does not see the new key");
    return desk;
}

std::unique_ptr<AgentDesk> card_desk(Encryption encryption)
{
    return std::make_unique<CardDesk>(CardDeskSetup{
        .keys = {
            {PivSlot::authentication, {.key = "p384", .name = "Bob Example", .addresses = {"bob@example.org"}}},
            {PivSlot::key_management, carols(encryption == Encryption::rsa ? "rsa2048b" : "p256", encryption)},
        }});
}

} // namespace

ModuleDesk::ModuleDesk(std::unique_ptr<AgentDesk> desk)
    : desk_(std::move(desk)),
      environment(desk_->environment),
      person(desk_->person),
      folder(desk_->folder),
      ca(desk_->ca)
{
    token = nlohmann::json::parse(desk_->sceau({"tokens", "--json"}).out).at("tokens").at(0).at("label");
}

std::unique_ptr<Program> ModuleDesk::start(const Arguments& arguments) const
{
    return std::make_unique<Program>(arguments, environment);
}

Ended ModuleDesk::run(const Arguments& arguments, const std::string& input) const
{
    return Program(arguments, environment, input).wait();
}

std::string ModuleDesk::out_of(const Arguments& arguments, const std::string& input) const
{
    Ended ended = run(arguments, input);
    if (ended.status != 0)
        throw std::runtime_error(arguments[0] + " ended with " + std::to_string(ended.status) + ":\n" + ended.out +
                                 ended.err);
    return std::move(ended.out);
}

std::string ModuleDesk::member_of(const std::string& label, const std::string& member) const
{
    const auto keys = nlohmann::json::parse(desk_->sceau({"keys", "--json"}).out).at("keys");
    for (const auto& key : keys)
        if (key.at("subject") == "CN=" + label)
            return key.at(member);
    throw std::runtime_error("no key of " + label);
}

std::string ModuleDesk::id_of(const std::string& label) const
{
    return member_of(label, "id");
}

std::string ModuleDesk::cka_id_of(const std::string& label) const
{
    return base::to_hex(base::from_base64(member_of(label, "cka_id")).value());
}

std::filesystem::path ModuleDesk::certificate_of(const std::string& label) const
{
    const auto der = file("certificate.der");
    out_of(pkcs11_tool({"--read-object", "--type", "cert", "--label", label, "--output-file", der}));
    auto pem = file(label + ".pem");
    out_of({"/usr/bin/openssl", "x509", "-inform", "DER", "-in", der, "-out", pem});
    return pem;
}

std::filesystem::path ModuleDesk::public_key_of(const std::string& label) const
{
    auto pem = file(label + ".public.pem");
    out_of({"/usr/bin/openssl", "x509", "-pubkey", "-noout", "-in", certificate_of(label), "-out", pem});
    return pem;
}

std::string ModuleDesk::uri_of(const std::string& label) const
{
    return "pkcs11:token=" + in_uri(token) + ";type=private;object=" + in_uri(label);
}

std::string ModuleDesk::in_uri(const std::string& label)
{
    std::string escaped;
    for (const char c : label)
        escaped += c == ' ' ? "%20" : std::string(1, c);
    return escaped;
}

void ModuleDesk::will_sign(std::size_t times) const
{
    person.will_answer(std::vector<std::string>(times, std::string("pin ") + kPin));
}

std::string ModuleDesk::module_path()
{
    return std::string(SCEAU_BINARY_DIR) + "/lib/sceau-pkcs11.so";
}

Arguments ModuleDesk::pkcs11_tool(const Arguments& arguments)
{
    Arguments all = {"/usr/bin/pkcs11-tool", "--module", module_path()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

OnCardOfIntermediate::OnCardOfIntermediate()
    : ModuleDesk(std::make_unique<CardDesk>(CardDeskSetup{.key = "p256", // cmsutil refuses sign-only RSA keys
                                                          .keys = {{PivSlot::signature,
                                                                    {.key = "p256",
                                                                     .name = "Alice Example",
                                                                     .addresses = {"alice@example.org"},
                                                                     .by_intermediate = true}}}}))
{
    std::ofstream(agent_desk().certificates() / "issuing.der", std::ios::binary)
        << base::as_text(intermediate_certificate());
    out_of(sceau({"keys"})); // makes the agent look again
}

OnSoftHsm::OnSoftHsm(Encryption encryption) : ModuleDesk(softhsm_desk(encryption)) {}

OnCard::OnCard(Encryption encryption) : ModuleDesk(card_desk(encryption)), desk(dynamic_cast<CardDesk&>(agent_desk()))
{
}

} // namespace sceau::test
