// Digests and random numbers, which the module makes itself.
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>

#include <set>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;

namespace {

struct Plugged {
    Plugged()
    {
        agent.plug("Direction 2026", {});
        session = module.open_session();
    }

    CK_RV begin(CK_MECHANISM_TYPE type) const
    {
        CK_MECHANISM mechanism{.mechanism = type, .pParameter = nullptr, .ulParameterLen = 0};
        return module->C_DigestInit(session, &mechanism);
    }

    FakeAgent agent;
    LoadedModule module;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
};

// The example of FIPS 180-4.
Bytes abc()
{
    return {'a', 'b', 'c'};
}

} // namespace

TEST_CASE("data is hashed at once and in parts, also on a token without keys")
{
    const Plugged now;
    const std::vector<std::pair<CK_MECHANISM_TYPE, std::string>> known = {
        {CKM_SHA_1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {CKM_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {CKM_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {CKM_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                     "8086072ba1e7cc2358baeca134c825a7"},
        {CKM_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (const auto& [type, hex] : known) {
        Bytes data = abc();
        Bytes digest(64);
        CK_ULONG size = digest.size();
        REQUIRE(now.begin(type) == CKR_OK);
        REQUIRE(now.module->C_Digest(now.session, data.data(), data.size(), digest.data(), &size) == CKR_OK);
        CHECK(base::to_hex(base::BytesView(digest).first(size)) == hex);
        REQUIRE(now.begin(type) == CKR_OK);
        for (std::uint8_t byte : data)
            CHECK(now.module->C_DigestUpdate(now.session, &byte, 1) == CKR_OK);
        size = digest.size();
        REQUIRE(now.module->C_DigestFinal(now.session, digest.data(), &size) == CKR_OK);
        CHECK(base::to_hex(base::BytesView(digest).first(size)) == hex);
        CHECK(now.module->C_DigestFinal(now.session, digest.data(), &size) == CKR_OPERATION_NOT_INITIALIZED);
    }
}

TEST_CASE("the length of a digest is told beforehand, and a second digest has to wait for the first")
{
    const Plugged now;
    Bytes data = abc();
    Bytes digest(32);
    CK_ULONG size = 0;
    CHECK(now.begin(CKM_MD5) == CKR_MECHANISM_INVALID);
    REQUIRE(now.begin(CKM_SHA256) == CKR_OK);
    CHECK(now.begin(CKM_SHA256) == CKR_OPERATION_ACTIVE);
    CHECK(now.module->C_Digest(now.session, data.data(), data.size(), nullptr, &size) == CKR_OK);
    CHECK(size == 32);
    size = 31;
    CHECK(now.module->C_Digest(now.session, data.data(), data.size(), digest.data(), &size) == CKR_BUFFER_TOO_SMALL);
    CHECK(now.module->C_Digest(now.session, data.data(), data.size(), digest.data(), &size) == CKR_OK);
    CHECK(base::to_hex(digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest in parts is not finished by C_Digest, which ends the operation")
{
    const Plugged now;
    Bytes data = abc();
    Bytes digest(32);
    CK_ULONG size = digest.size();
    REQUIRE(now.begin(CKM_SHA256) == CKR_OK);
    REQUIRE(now.module->C_DigestUpdate(now.session, data.data(), data.size()) == CKR_OK);
    CHECK(now.module->C_Digest(now.session, data.data(), data.size(), digest.data(), &size) ==
          CKR_OPERATION_NOT_INITIALIZED);
    CHECK(now.module->C_DigestFinal(now.session, digest.data(), &size) == CKR_OPERATION_NOT_INITIALIZED);
    CHECK(now.begin(CKM_SHA256) == CKR_OK);
}

TEST_CASE("random numbers are given and differ each time")
{
    const Plugged now;
    CK_TOKEN_INFO info{};
    REQUIRE(now.module->C_GetTokenInfo(0, &info) == CKR_OK);
    CHECK((info.flags & CKF_RNG) != 0);
    std::set<Bytes> all;
    for (int i = 0; i < 100; ++i) {
        Bytes random(16);
        REQUIRE(now.module->C_GenerateRandom(now.session, random.data(), random.size()) == CKR_OK);
        all.insert(random);
    }
    CHECK(all.size() == 100);
    CHECK(now.module->C_GenerateRandom(now.session, nullptr, 0) == CKR_OK);
    CHECK(now.module->C_SeedRandom(now.session, nullptr, 0) == CKR_RANDOM_SEED_NOT_SUPPORTED);
}
