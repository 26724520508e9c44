// libsceau through its header, as a mail program uses it.
#include "base/error_table.h"
#include "clients/libsceau/sceau.h"
#include "mail/cms/certificate.h"
#include "tests/support/fake_agent.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <thread>

using namespace sceau;
using namespace sceau::test;

namespace {

using Agent = std::unique_ptr<sceau_agent, decltype(&sceau_close)>;
using Listing = std::unique_ptr<sceau_listing, decltype(&sceau_listing_free)>;
using Watch = std::unique_ptr<sceau_watch, decltype(&sceau_watch_close)>;

const Identity& identity()
{
    static const Identity made = self_signed({.common_name = "Bob Example"});
    return made;
}

Agent opened(const char* socket = nullptr)
{
    return {sceau_open(socket), sceau_close};
}

Watch watching()
{
    return {sceau_watch_open(nullptr), sceau_watch_close};
}

Listing keys(const Agent& agent, const char* address = nullptr)
{
    sceau_listing* listing = nullptr;
    REQUIRE(sceau_list_keys(agent.get(), address, &listing) == SCEAU_OK);
    return {listing, sceau_listing_free};
}

Listing next(const Watch& watch)
{
    sceau_listing* listing = nullptr;
    REQUIRE(sceau_watch_next(watch.get(), 60000, &listing) == SCEAU_OK);
    return {listing, sceau_listing_free};
}

struct Signed {
    int code = SCEAU_INTERNAL;
    base::Bytes signature;
};

Signed sign(const Agent& agent, sceau_on_progress* on_progress = nullptr, void* context = nullptr)
{
    const Listing all = keys(agent);
    const base::Bytes digest(32, 7);
    unsigned char* signature = nullptr;
    std::size_t size = 0;
    const int code = sceau_sign(agent.get(), sceau_key_id(sceau_key_at(all.get(), 0)), "ecdsa_secp256r1_sha256",
                                digest.data(), digest.size(), on_progress, context, &signature, &size);
    Signed result{.code = code, .signature = {}};
    if (code == SCEAU_OK)
        result.signature.assign(signature, signature + size);
    sceau_free(signature);
    return result;
}

std::set<std::string> names_in(const std::string& text, const std::string& expression)
{
    const std::regex wanted(expression);
    std::set<std::string> names;
    for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match)
        names.insert((*match)[1]);
    return names;
}

} // namespace

TEST_CASE("a program has a mail signed, and the agent gets all that is to be shown")
{
    FakeAgent fake;
    fake.plug("Direction 2026", {&identity()});
    const Agent agent = opened();
    const Listing all = keys(agent);
    const base::Bytes digest(32, 7);
    const base::Bytes attributes = {0x31, 0};
    const std::string content = "From: direction@example.org\r\n\r\nHello\r\n";
    const std::array bcc = {"audit@example.org", "b\u00e9a@example.org", static_cast<const char*>(nullptr)};
    unsigned char* signature = nullptr;
    std::size_t size = 0;
    const auto sign_mail = [&](const unsigned char* what, const char* const* copies) {
        return sceau_sign_mail(agent.get(), sceau_key_id(sceau_key_at(all.get(), 0)), "ecdsa_secp256r1_sha256",
                               digest.data(), digest.size(), attributes.data(), attributes.size(), what, content.size(),
                               copies, nullptr, nullptr, &signature, &size);
    };
    CHECK(sign_mail(nullptr, nullptr) == SCEAU_BAD_ARGUMENT);
    REQUIRE(sign_mail(base::as_bytes(content).data(), bcc.data()) == SCEAU_OK);
    sceau_free(signature);
    const ipc::Sign::Parameters request = fake.last_request();
    CHECK(request.digest == digest);
    REQUIRE(request.evidence);
    CHECK(request.evidence->kind == ipc::Evidence::Kind::mail);
    CHECK(request.evidence->attributes == attributes);
    CHECK(request.evidence->bcc == std::vector<std::string>{bcc[0], bcc[1]});
    REQUIRE((request.evidence->content && *request.evidence->content));
    const base::SealedMemory& passed = **request.evidence->content;
    std::string arrived(passed.size(), '\0');
    CHECK(::pread(passed.fd(), arrived.data(), arrived.size(), 0) == static_cast<ssize_t>(content.size()));
    CHECK(arrived == content);
    REQUIRE(sign_mail(base::as_bytes(content).data(), nullptr) == SCEAU_OK);
    sceau_free(signature);
    CHECK_FALSE(fake.last_request().evidence->bcc);
}

TEST_CASE("a program lists tokens and keys")
{
    FakeAgent fake;
    fake.plug("Direction 2026", {&identity()});
    const Agent agent = opened();
    sceau_listing* tokens = nullptr;
    REQUIRE(sceau_list_tokens(agent.get(), &tokens) == SCEAU_OK);
    CHECK(std::string(sceau_token_label(sceau_token_at(tokens, 0))) == "Direction 2026");
    CHECK(sceau_token_at(tokens, 1) == nullptr);
    CHECK(sceau_key_at(tokens, 0) == nullptr);
    sceau_listing_free(tokens);

    const Listing all = keys(agent);
    const sceau_key* key = sceau_key_at(all.get(), 0);
    REQUIRE(key != nullptr);
    CHECK(sceau_key_id(key) == mail::cms::read_certificate(identity().der())->key.hex());
    CHECK(std::string(sceau_key_address(key, 0)) == "alice@example.org");
    CHECK(sceau_key_address(key, 1) == nullptr);
    CHECK(std::string(sceau_key_scheme(key, 0)) == "ecdsa_secp256r1_sha256");
    CHECK(sceau_key_scheme(key, 1) == nullptr);
    CHECK(sceau_key_may_sign(key) == 1);
    std::size_t size = 0;
    const unsigned char* certificate = sceau_key_certificate(key, &size);
    CHECK(base::Bytes(certificate, certificate + size) == identity().der());
    CHECK(sceau_key_chain(key, 0, &size) == nullptr);
    CHECK(sceau_key_missing_issuer(key) == nullptr);
}

TEST_CASE("a program gets the issuers for its signature, and learns which one is missing")
{
    FakeAgent fake;
    fake.plug("one", {&identity()});
    fake.tell_issuers({{0x30, 0x01}, {0x30}}, "CN=Example Root");
    const Agent agent = opened(fake.socket().c_str());
    const Listing all = keys(agent);
    const sceau_key* key = sceau_key_at(all.get(), 0);
    REQUIRE(key != nullptr);
    std::size_t size = 0;
    const unsigned char* issuer = sceau_key_chain(key, 0, &size);
    CHECK(base::Bytes(issuer, issuer + size) == base::Bytes{0x30, 0x01});
    CHECK(sceau_key_chain(key, 1, &size) != nullptr);
    CHECK(size == 1);
    CHECK(sceau_key_chain(key, 2, &size) == nullptr);
    CHECK(std::string(sceau_key_missing_issuer(key)) == "CN=Example Root");
}

TEST_CASE("a program gets a signature and is told of its progress")
{
    FakeAgent fake;
    fake.plug("one", {&identity()});
    const Agent agent = opened(fake.socket().c_str());
    std::string states;
    const auto tell = [](const sceau_progress* progress, void* context) {
        *static_cast<std::string*>(context) += sceau_progress_state(progress);
        CHECK(sceau_progress_before(progress) == -1);
        CHECK(sceau_progress_tries_left(progress) == -1);
        CHECK(sceau_progress_token_label(progress) == nullptr);
        return 0;
    };
    const Signed result = sign(agent, tell, &states);
    CHECK(result.code == SCEAU_OK);
    CHECK(states == "pin");
    CHECK(mail::cms::verifies(identity().der(), base::Scheme::ecdsa_secp256r1_sha256, base::Bytes(32, 7),
                              result.signature));
}

TEST_CASE("a program decrypts and derives, on a connection that it keeps")
{
    const auto with_usage = [](mail::cms::EvpPkeyPtr key, const char* usage) {
        return self_signed({.extensions = {std::string("keyUsage=") + usage}, .key = std::move(key)});
    };
    const Identity rsa = with_usage(new_rsa_key(2048), "keyEncipherment");
    const Identity ec = with_usage(new_key("P-256"), "keyAgreement");
    FakeAgent fake;
    fake.plug("one", {&rsa, &ec});
    const Agent agent = opened();
    const Listing all = keys(agent);
    CHECK(sceau_key_may_decrypt(sceau_key_at(all.get(), 0)) == 1);
    CHECK(sceau_key_may_sign(sceau_key_at(all.get(), 0)) == 0);

    const base::Bytes message(32, 0x5a);
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(rsa.key.get(), nullptr));
    base::Bytes ciphertext(256);
    std::size_t ciphertext_size = ciphertext.size();
    EVP_PKEY_encrypt_init(context.get());
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &ciphertext_size, message.data(), message.size()) == 1);
    unsigned char* output = nullptr;
    std::size_t size = 0;
    for (int i = 0; i < 2; ++i) {
        REQUIRE(sceau_decrypt(agent.get(), sceau_key_id(sceau_key_at(all.get(), 0)), "rsa_pkcs1", ciphertext.data(),
                              ciphertext.size(), nullptr, nullptr, &output, &size) == SCEAU_OK);
        CHECK(base::Bytes(output, output + size) == message);
        sceau_free(output);
    }

    unsigned char* point = nullptr;
    const std::size_t point_size = EVP_PKEY_get1_encoded_public_key(identity().key.get(), &point);
    const base::Bytes public_key(point, point + point_size);
    OPENSSL_free(point);
    REQUIRE(sceau_derive(agent.get(), sceau_key_id(sceau_key_at(all.get(), 1)), public_key.data(), public_key.size(),
                         nullptr, nullptr, &output, &size) == SCEAU_OK);
    CHECK(base::Bytes(output, output + size) == derive(ec, public_key));
    sceau_free(output);

    const auto connections = fake.decryptions();
    REQUIRE(connections.size() == 3);
    for (const auto& connection : connections) {
        CHECK_FALSE(connection.expired());
        CHECK(connection.lock() == connections.front().lock());
    }
    CHECK(sceau_decrypt(agent.get(), sceau_key_id(sceau_key_at(all.get(), 0)), "rot13", ciphertext.data(), 256, nullptr,
                        nullptr, &output, &size) == SCEAU_BAD_ARGUMENT);
    CHECK(sceau_derive(agent.get(), nullptr, public_key.data(), 65, nullptr, nullptr, &output, &size) ==
          SCEAU_BAD_ARGUMENT);
}

TEST_CASE("errors are codes, sentences and details")
{
    FakeAgent fake;
    fake.plug("one", {&identity()});
    const Agent agent = opened();
    fake.refuse(base::pin_incorrect(2));
    CHECK(sign(agent).code == SCEAU_PIN_INCORRECT);
    CHECK(sceau_tries_left(agent.get()) == 2);
    fake.refuse(base::token_failed("CKR_DEVICE_ERROR"));
    CHECK(sign(agent).code == SCEAU_TOKEN_FAILED);
    CHECK(std::string(sceau_detail(agent.get())) == "CKR_DEVICE_ERROR");
    CHECK(sceau_tries_left(agent.get()) == -1);
    fake.stop();
    sceau_listing* listing = nullptr;
    CHECK(sceau_list_tokens(agent.get(), &listing) == SCEAU_UNREACHABLE);
    for (int code = SCEAU_OK; code <= SCEAU_PIN_TO_BE_CHANGED; ++code)
        CHECK_THAT(sceau_text(code), Catch::EndsWith("."));
    CHECK(std::string(sceau_text(99)) == sceau_text(SCEAU_INTERNAL));
}

TEST_CASE("sentences are in the person's language")
{
    ::setenv("LC_ALL", "fr_FR.UTF-8", 1);
    CHECK(std::string(sceau_text(SCEAU_CANCELLED)) == "Annulé.");
    ::setenv("LC_ALL", "C", 1);
    CHECK(std::string(sceau_text(SCEAU_CANCELLED)) == "Cancelled.");
}

TEST_CASE("impossible arguments are refused before anybody is asked")
{
    FakeAgent fake;
    fake.plug("one", {&identity()});
    const Agent agent = opened();
    const std::string id(64, 'a');
    const base::Bytes digest(32, 7);
    unsigned char* signature = nullptr;
    std::size_t size = 0;
    const auto sign_as = [&](const char* key, const char* scheme) {
        return sceau_sign(agent.get(), key, scheme, digest.data(), 32, nullptr, nullptr, &signature, &size);
    };
    CHECK(sign_as("short", "rsa_pkcs1_sha256") == SCEAU_BAD_ARGUMENT);
    CHECK(sign_as(id.c_str(), "rot13") == SCEAU_BAD_ARGUMENT);
    CHECK(sign_as(nullptr, "rsa_pkcs1_sha256") == SCEAU_BAD_ARGUMENT);
    CHECK(sceau_list_tokens(agent.get(), nullptr) == SCEAU_BAD_ARGUMENT);
    CHECK(sceau_list_keys(nullptr, nullptr, nullptr) == SCEAU_BAD_ARGUMENT);
    CHECK(fake.signatures() == 0);
}

TEST_CASE("a program gives up in its callback or from another thread")
{
    FakeAgent fake;
    fake.plug("one", {&identity()});
    const Agent agent = opened();
    CHECK(sign(agent, [](const sceau_progress*, void*) { return 1; }).code == SCEAU_CANCELLED);
    fake.hold();
    std::promise<void> waits;
    std::thread other([&] {
        waits.get_future().wait();
        sceau_cancel(agent.get());
    });
    const auto tell = [](const sceau_progress*, void* context) {
        static_cast<std::promise<void>*>(context)->set_value();
        return 0;
    };
    CHECK(sign(agent, tell, &waits).code == SCEAU_CANCELLED);
    other.join();
    fake.release();
    CHECK(sign(agent).code == SCEAU_OK); // the next call is not given up
}

TEST_CASE("a program follows what is plugged in, through a restart of the agent")
{
    FakeAgent fake;
    const Watch watch = watching();
    CHECK(sceau_watch_fd(watch.get()) == -1);
    CHECK(sceau_token_at(next(watch).get(), 0) == nullptr);
    CHECK(sceau_watch_fd(watch.get()) >= 0);
    sceau_listing* none = nullptr;
    CHECK(sceau_watch_next(watch.get(), 0, &none) == SCEAU_TIMED_OUT);
    fake.plug("one", {&identity()});
    const Listing one = next(watch);
    CHECK(std::string(sceau_token_label(sceau_token_at(one.get(), 0))) == "one");
    CHECK(sceau_key_at(one.get(), 0) != nullptr);
    fake.stop();
    CHECK(sceau_watch_next(watch.get(), -1, &none) == SCEAU_UNREACHABLE);
    fake.start();
    CHECK(sceau_token_at(next(watch).get(), 0) != nullptr);
}

TEST_CASE("the library exports what its header declares, under a version, and nothing else")
{
    std::ifstream file(std::string(SCEAU_SOURCE_DIR) + "/clients/libsceau/sceau.h");
    const std::string header{std::istreambuf_iterator<char>(file), {}};
    const auto declared = names_in(header, R"(SCEAU_API [^;]*?\b(sceau_[a-z_]+)\()");
    const auto exported = names_in(run({"nm", "-D", "--defined-only", SCEAU_LIBRARY}), " T (\\w+)@@SCEAU_0\n");
    CHECK(declared.size() > 30);
    CHECK(exported == declared);
    CHECK(names_in(run({"nm", "-D", "--defined-only", SCEAU_LIBRARY}), " [^A] (\\w+)").size() == declared.size());
}

TEST_CASE("the numbers of the header are those of the table of errors, by name")
{
    const std::map<base::ErrorCode, std::string> named_otherwise = {
        {base::ErrorCode::agent_unreachable, "UNREACHABLE"},
        {base::ErrorCode::invalid_parameter, "BAD_ARGUMENT"},
    };
    std::ifstream file(std::string(SCEAU_SOURCE_DIR) + "/clients/libsceau/sceau.h");
    const std::string header{std::istreambuf_iterator<char>(file), {}};
    const std::regex declaration(R"(\bSCEAU_([A-Z_]+) = (\d+))");
    std::map<std::string, int> declared;
    for (std::sregex_iterator match(header.begin(), header.end(), declaration), end; match != end; ++match)
        declared[(*match)[1]] = std::stoi((*match)[2]);
    std::set<std::string> unused;
    CHECK(declared.size() == 19);
    for (const auto& [name, number] : declared)
        unused.insert(name);
    for (const base::ErrorTraits& error : base::kErrors) {
        std::string name(error.name);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (const auto other = named_otherwise.find(error.code); other != named_otherwise.end())
            name = other->second;
        INFO(error.name);
        CHECK(error.libsceau == (declared.contains(name) ? declared[name] : SCEAU_INTERNAL));
        unused.erase(name);
    }
    CHECK(unused == std::set<std::string>{"OK", "NO_MEMORY"});
}
