// What the agent lists of a key's issuers, taken from its folders.
#include "tests/support/temporary_folder.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::test;

namespace {

// A token with a key whose issuer is an intermediate authority that is not on the token.
struct Office {
    Office()
    {
        Config config;
        config.issuers = {.folders = {{.path = folder.path() / "certificates", .writers = base::for_oneself()}},
                          .system = false};
        token->keys.front().holder = std::make_shared<Identity>(issue(authority, {}));
        bench.emplace(std::vector<std::shared_ptr<MemoryToken>>{token}, config);
    }

    ipc::Key key()
    {
        const auto reply = bench->run(ipc::ListKeys::Parameters{});
        return std::get<ipc::ListKeys::Reply>(reply.value()).keys.at(0);
    }

    void put(const std::string& name, const std::string& text) const
    {
        std::filesystem::create_directory(folder.path() / "certificates");
        folder.write("certificates/" + name, text);
    }

    TemporaryFolder folder;
    Identity root = self_signed({.common_name = "Root", .extensions = authority_extensions()});
    Identity authority = issue(root, {.common_name = "Issuing CA", .extensions = authority_extensions()});
    std::shared_ptr<MemoryToken> token = memory_token("Direction", "direction@example.org");
    std::optional<Bench> bench;
};

} // namespace

TEST_CASE("a key's chain is completed from the folders, without a restart and whatever else is in them")
{
    Office office;
    CHECK(office.key().chain.empty());
    CHECK(office.key().missing_issuer == "CN=Issuing CA");
    office.put("garbage", "nothing");
    office.put("issuing-ca.pem", to_pem(office.authority.certificate.get()));
    CHECK(office.key().chain == std::vector<base::Bytes>{office.authority.der()});
    CHECK(office.key().missing_issuer == "CN=Root");
    office.put("root.pem", to_pem(office.root.certificate.get()));
    CHECK(office.key().chain == std::vector<base::Bytes>{office.authority.der()});
    CHECK_FALSE(office.key().missing_issuer);
    std::filesystem::remove(office.folder.path() / "certificates/issuing-ca.pem");
    CHECK(office.key().missing_issuer == "CN=Issuing CA");
}

TEST_CASE("issuers on the token are combined with those in the folders")
{
    Office office;
    office.token->authorities = {office.authority.der()};
    office.put("root.pem", to_pem(office.root.certificate.get()));
    CHECK(office.key().chain == std::vector<base::Bytes>{office.authority.der()});
    CHECK_FALSE(office.key().missing_issuer);
}

TEST_CASE("issuers that are too large for an answer do not hide the key")
{
    Office office;
    const auto large = [](int number) {
        auto extensions = authority_extensions();
        extensions.push_back("nsComment=" + std::string(60000, 'x'));
        return Wanted{.common_name = std::to_string(number), .extensions = std::move(extensions)};
    };
    std::vector<Identity> authorities;
    authorities.push_back(self_signed(large(0)));
    for (int i = 1; i < 12; ++i) {
        authorities.push_back(issue(authorities.back(), large(i)));
        office.put(std::to_string(i), to_pem(authorities.back().certificate.get()));
    }
    office.token->keys.front().holder = std::make_shared<Identity>(issue(authorities.back(), {}));
    CHECK(office.key().chain.empty());
    CHECK(office.key().missing_issuer == "CN=11");
}

TEST_CASE("a watcher learns of an issuer that another client's listing found")
{
    Office office;
    office.bench->start(ipc::Watch::Parameters{});
    office.bench->context.poll();
    const auto& sent = office.bench->calls.front()->stream.sent;
    REQUIRE(sent.size() == 1);
    office.put("issuing-ca.pem", to_pem(office.authority.certificate.get()));
    office.bench->start(ipc::ListKeys::Parameters{});
    office.bench->context.restart();
    office.bench->context.poll();
    REQUIRE(sent.size() == 2);
    CHECK(std::get<ipc::Watch::Reply>(sent.back()).keys.at(0).chain ==
          std::vector<base::Bytes>{office.authority.der()});
}
