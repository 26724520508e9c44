// The virtual card as OpenSC sees it, through the real pcscd.
#include "tests/support/private_pcscd.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::test;
using Catch::Matchers::Contains;

namespace {

std::string pkcs11_tool(const PrivatePcscd& pcscd, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"pkcs11-tool", "--module", kOpenscModule});
    return run(arguments, pcscd.environment());
}

} // namespace

TEST_CASE("OpenSC lists the virtual card and its certificates")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    CHECK_THAT(pkcs11_tool(pcscd, {"--list-slots"}), Contains("serial num         : 8000000000000001"));
    CHECK_THAT(pkcs11_tool(pcscd, {"--list-objects"}), Contains("Digital Signature"));
    CHECK_THAT(pkcs11_tool(pcscd, {"--list-objects"}), Contains("PIV AUTH"));
}

TEST_CASE("OpenSC signs with the virtual card")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    const std::string file = pcscd.folder() / "signature";
    const std::string data = pcscd.folder() / "data";
    run({"sh", "-c", "echo hello > " + data});
    pkcs11_tool(pcscd, {"--login", "--pin", card.profile().pin, "--sign", "--id", "02", "--mechanism",
                        "SHA256-RSA-PKCS", "-i", data, "-o", file});
    CHECK(card.counters().private_uses.at(PivSlot::signature) == 1);
}
