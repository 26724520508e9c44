// `sceau keys`, `tokens`, `watch` and `digest` with the real agent, and how scripts read their output.

#include "base/scheme.h"
#include "mail/cms/certificate.h"
#include "tests/e2e/desk.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sceau;
using namespace sceau::test;
using nlohmann::json;

namespace {

// The output must be one JSON value and nothing else, in ASCII.
json parsed(const Ended& ended)
{
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    CHECK(ended.out.ends_with("\n"));
    for (const char c : ended.out)
        REQUIRE(static_cast<unsigned char>(c) < 0x80);
    return json::parse(ended.out);
}

json key_of(const Desk& desk, const std::string& address)
{
    const json listed = parsed(desk.sceau({"keys", "--json"}));
    for (const json& key : listed.at("keys"))
        if (key.at("addresses") == json::array({address}))
            return key;
    FAIL("no key of " << address);
    return {};
}

} // namespace

TEST_CASE("the keys are shown to a person with their owners and expiry dates")
{
    const Desk desk;
    desk.softhsm.folder();
    const Ended ended = desk.sceau({"keys"});
    CHECK(ended.status == 0);
    CHECK(ended.err.empty());
    CHECK_THAT(ended.out, Catch::StartsWith("ADDRESS"));
    CHECK_THAT(ended.out, Catch::Contains("\nalice@example.org  Alice Example  "));
    CHECK_THAT(ended.out, Catch::Contains("  Direction 2026  RSA 2048  "));
    CHECK_THAT(ended.out, Catch::Contains("  Direction 2026  EC 256  "));
}

TEST_CASE("a key that cannot sign mail now is shown with the reason")
{
    Desk desk;
    desk.softhsm.add_key("Direction 2026", {.key = "p384",
                                            .name = "Old",
                                            .addresses = {"old@example.org"},
                                            .not_before_days = -20,
                                            .not_after_days = -10});
    CHECK_THAT(desk.sceau({"keys"}).out, Catch::Contains("  expired on "));
    const Ended ended = desk.sceau({"sign"}, mail_from("old@example.org"));
    CHECK(ended.status == 77);
    CHECK_THAT(ended.err, Catch::Contains("old@example.org: expired on "));
}

TEST_CASE("keys in JSON are those of the agent's interface")
{
    const Desk desk;
    const json keys = parsed(desk.sceau({"keys", "--json"})).at("keys");
    REQUIRE(keys.size() == 2);
    const json key = key_of(desk, "alice@example.org");
    CHECK(key.at("id").get<std::string>().size() == 64);
    CHECK(key.at("token_label") == "Direction 2026");
    CHECK(key.at("algorithm") == "rsa");
    CHECK(key.at("schemes").at(0) == "rsa_pkcs1_sha256");
    CHECK(base::from_base64(key.at("certificate").get<std::string>()));
}

TEST_CASE("tokens are shown to a person and in JSON")
{
    const Desk desk;
    const json tokens = parsed(desk.sceau({"tokens", "--json"})).at("tokens");
    REQUIRE(tokens.size() == 1);
    CHECK(tokens.at(0).at("label") == "Direction 2026");
    CHECK(tokens.at(0).at("pin").at("locked") == false);
    CHECK_THAT(desk.sceau({"tokens"}).out, Catch::Contains("\nDirection 2026  SoftHSM project SoftHSM v2  "));
}

TEST_CASE("a verdict in JSON is one value, also of a mail that does not verify")
{
    const Desk desk;
    const Ended ended = desk.sceau({"verify", "--json"}, mail_from("alice@example.org"));
    CHECK(ended.status == 1);
    CHECK(json::parse(ended.out).at("judgement") == "not_signed");
    CHECK(ended.err.empty());
    CHECK(desk.sceau({"verify", "--json"}).status == 65);
}

TEST_CASE("a digest is signed by a key that its name or the beginning of it names")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456", "pin 123456"});
    const json key = key_of(desk, "bob@example.org");
    const auto id = key.at("id").get<std::string>();
    const base::Bytes digest = base::hash_of(base::Hash::sha256, base::as_bytes("text"));
    const std::vector<std::string> rest = {"--scheme", "ecdsa_secp256r1_sha256", base::to_hex(digest)};
    const auto verifies = [&](const std::string& signature) {
        return mail::cms::verifies(*base::from_base64(key.at("certificate").get<std::string>()),
                                   base::Scheme::ecdsa_secp256r1_sha256, digest, *base::from_base64(signature));
    };
    const Ended text = desk.sceau({"digest", "--key", id, rest[0], rest[1], rest[2]});
    REQUIRE(text.status == 0);
    CHECK(verifies(text.out.substr(0, text.out.size() - 1)));
    const json value = parsed(desk.sceau({"digest", "--json", "--key", id.substr(0, 8), rest[0], rest[1], rest[2]}));
    CHECK(verifies(value.at("signature").get<std::string>()));
}

TEST_CASE("a digest for another key, another scheme or of another length is refused before any PIN")
{
    const Desk desk;
    const auto rsa = key_of(desk, "alice@example.org").at("id").get<std::string>();
    const auto digest = [&](const std::string& key, const std::string& scheme, std::size_t digits) {
        return desk.sceau({"digest", "--key", key, "--scheme", scheme, std::string(digits, 'a')}).status;
    };
    CHECK(digest(rsa, "rsa_pkcs1_sha256", 62) == 64);
    CHECK(digest(rsa, "rsa_pkcs1_sha256", 63) == 64);
    CHECK(digest(rsa, "ecdsa_secp256r1_sha256", 64) == 77);
    CHECK(digest(std::string(64, '0'), "rsa_pkcs1_sha256", 64) == 77);
    CHECK(digest("00000000", "rsa_pkcs1_sha256", 64) == 77);
    CHECK(desk.person.times_asked() == 0);
}

TEST_CASE("a wrong command line exits with 64, help and version with 0")
{
    const Desk desk;
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"seal"},
        {"keys", "--yaml"},
        {"sign", "--key", "short"},
        {"sign", "--key", "4f1a9c0d", "--from", "alice@example.org"},
        {"sign", "one", "two"},
        {"verify", "--at", "yesterday"},
        {"digest", "--key", "4f1a9c0d", "--scheme", "rot13", "00"},
        {"digest", "--key", "4f1a9c0d"},
    };
    for (const auto& arguments : wrong) {
        const Ended ended = desk.sceau(arguments);
        INFO(ended.err);
        CHECK(ended.status == 64);
        CHECK(ended.out.empty());
    }
    CHECK(desk.sceau({"--version"}).out == "sceau " SCEAU_VERSION "\n");
    for (const char* command : {"sign", "verify", "keys", "tokens", "watch", "digest"}) {
        const Ended help = desk.sceau({command, "--help"});
        CHECK(help.status == 0);
        CHECK_THAT(help.out, Catch::Contains(std::string("Example: sceau ") + command));
    }
}

TEST_CASE("help comes in the person's language")
{
    Desk desk;
    desk.environment["LC_ALL"] = "fr_FR.UTF-8";
    CHECK_THAT(desk.sceau({"--help"}).out, Catch::Contains("\nCommandes:\n") && Catch::Contains("Signer un courriel"));
    CHECK_THAT(desk.sceau({"digest", "--help"}).out,
               Catch::Contains("HEX OBLIGATOIRE") && Catch::Contains("Exemple :"));
    CHECK_THAT(desk.sceau({"sign", "--key", "1"}).err, Catch::Contains("une clé se nomme par 64 chiffres"));
}

TEST_CASE("what is wrong with a command line is said in the person's language")
{
    Desk desk;
    desk.environment["LC_ALL"] = "fr_FR.UTF-8";
    const std::string key = "4f1a9c0d";
    const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
        {{}, "Il manque une commande"},
        {{"keys", "--yaml"}, "Argument inattendu : --yaml"},
        {{"keys", "one", "two"}, "Arguments inattendus : two one"},
        {{"sign", "--key"}, "--key : il manque 1 valeur (ID)"},
        {{"sign", "--key", key, "--key", key}, "--key : 1 valeur au plus, 2 données"},
        {{"sign", "--key", key, "--from", "alice@example.org"}, "--key exclut --from"},
        {{"digest", "--key", key}, "--scheme est obligatoire"},
        {{"keys", "--json=perhaps"}, "Valeur illisible : --json = perhaps"},
        {{"verify", "--at", "yesterday"}, "--at : un moment est une date"},
    };
    for (const auto& [arguments, said] : mistakes)
        CHECK_THAT(desk.sceau(arguments).err,
                   Catch::StartsWith(said) && Catch::EndsWith("\nL'option --help en dit plus.\n"));
    CHECK_THAT(desk.sceau({"keys", "--yaml", "--json"}).out, Catch::Contains("Argument inattendu"));
}

TEST_CASE("revocation lists are named one by one, and the mail after them is the mail")
{
    const Desk desk;
    const auto mail = desk.folder.write("mail", mail_from("alice@example.org"));
    CHECK(desk.sceau({"verify", "--crl", "/nonexistent/1", "--crl", "/nonexistent/2", mail}).status == 74);
    CHECK(desk.sceau({"verify", "--crl", "/nonexistent/1", mail, mail}).status == 64);
}

TEST_CASE("changes are shown as they happen, until the person stops it")
{
    Desk desk;
    TerminalProgram watch(desk.command({"watch"}), desk.environment);
    watch.wait_for("bob@example.org");
    CHECK(watch.shown().find("new@example.org") == std::string::npos);
    desk.softhsm.add_key("Direction 2026", {.key = "p384", .name = "New", .addresses = {"new@example.org"}});
    CHECK(desk.sceau({"keys"}).status == 0); // makes the agent look again
    watch.wait_for("new@example.org");
    watch.type("\x03");
    CHECK(watch.wait() == 130);
}

TEST_CASE("in JSON a change is a line, and the agent's end is an error")
{
    Desk desk;
    TerminalProgram watch(desk.command({"watch", "--json"}), desk.environment);
    watch.wait_for("\n");
    const json seen = json::parse(watch.shown().substr(0, watch.shown().find('\r')));
    CHECK(seen.at("tokens").size() == 1);
    CHECK(seen.at("keys").size() == 2);
    CHECK(desk.stop_agent() == 0);
    CHECK(watch.wait() == 69);
    CHECK_THAT(watch.shown(), Catch::Contains("sceau: The agent does not answer"));
}
