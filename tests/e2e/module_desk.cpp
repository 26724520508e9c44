#include "tests/e2e/module_desk.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace sceau::test {

ModuleDesk::ModuleDesk()
{
    softhsm.add_key("Direction 2026", {.key = "rsa3072",
                                       .name = "Carol Example",
                                       .addresses = {"carol@example.org"},
                                       .key_usage = "critical,digitalSignature,keyEncipherment"});
    if (sceau({"keys"}).status != 0) // has the agent look again
        throw std::runtime_error("the agent does not see the new key");
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

std::string ModuleDesk::id_of(const std::string& label) const
{
    const auto keys = nlohmann::json::parse(sceau({"keys", "--json"}).out).at("keys");
    for (const auto& key : keys)
        if (key.at("subject") == "CN=" + label)
            return key.at("id");
    throw std::runtime_error("no key of " + label);
}

std::filesystem::path ModuleDesk::certificate_of(const std::string& label) const
{
    const auto der = file("certificate.der");
    out_of({"/usr/bin/pkcs11-tool", "--module", module_path(), "--read-object", "--type", "cert", "--label", label,
            "--output-file", der});
    auto pem = file(label + ".pem");
    out_of({"/usr/bin/openssl", "x509", "-inform", "DER", "-in", der, "-out", pem});
    return pem;
}

void ModuleDesk::will_sign(std::size_t times) const
{
    person.will_answer(std::vector<std::string>(times, std::string("pin ") + kPin));
}

std::string ModuleDesk::module_path()
{
    return std::string(SCEAU_BINARY_DIR) + "/lib/sceau-pkcs11.so";
}

} // namespace sceau::test
