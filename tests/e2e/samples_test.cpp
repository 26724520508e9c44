// The samples for authors of mail programs, as the client guide shows them.
#include "base/scheme.h"
#include "mail/cms/certificate.h"
#include "tests/e2e/desk.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sceau;
using namespace sceau::test;

namespace {

// The sample, started as `program ADDRESS FILE`, signs for Alice and for Bob.
void check_that_it_signs(const std::string& program)
{
    const Desk desk;
    const auto file = desk.folder.write("file", "what is signed");
    const base::Bytes digest = base::hash_of(base::Hash::sha256, base::as_bytes("what is signed"));
    const auto reply = nlohmann::json::parse(desk.sceau({"keys", "--json"}).out);
    for (const auto& key : reply.at("keys")) {
        desk.person.will_answer({"pin 123456"});
        const Ended ended =
            Program({program, key.at("addresses").at(0).get<std::string>(), file}, desk.environment).wait();
        INFO(ended.err);
        REQUIRE(ended.status == 0);
        CHECK_THAT(ended.err, Catch::Contains("pin\n"));
        CHECK(mail::cms::verifies(base::from_base64(key.at("certificate").get<std::string>()).value(),
                                  base::scheme_from(key.at("schemes").at(0).get<std::string>()).value(), digest,
                                  base::as_bytes(ended.out)));
    }
    CHECK(desk.person.times_asked() == 2);
    desk.person.will_answer({"cancel"});
    CHECK(Program({program, "alice@example.org", file}, desk.environment).wait().status != 0);
    CHECK(Program({program, "nobody@example.org", file}, desk.environment).wait().status != 0);
}

} // namespace

TEST_CASE("the sample in C has a file signed")
{
    check_that_it_signs(std::string(SCEAU_BINARY_DIR) + "/tests/sample-sign");
}

TEST_CASE("the sample in Python has a file signed over the bare socket")
{
    check_that_it_signs(std::string(SCEAU_SOURCE_DIR) + "/docs/samples/sign.py");
}
