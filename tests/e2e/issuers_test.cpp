// A card whose certificate was issued by an authority that is not on the card, as with every PIV card: what `sceau
// keys` and `sceau sign` say about it, what `sceau certificates` fetches, and what other people's software makes of the
// result.

#include "tests/e2e/card_desk.h"
#include "tests/support/http_server.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sceau;
using namespace sceau::test;
using nlohmann::json;

namespace {

CardDeskSetup issued_by_intermediate(const std::string& url)
{
    return {.keys = {{PivSlot::signature,
                      {.key = "rsa2048",
                       .name = "Alice Example",
                       .addresses = {"alice@example.org"},
                       .by_intermediate = true,
                       .issuer_url = url}}}};
}

struct Office {
    Office() { desk.environment["no_proxy"] = "127.0.0.1"; }

    std::string sign(std::string* said = nullptr) const
    {
        desk.person.will_answer({"pin 123456"});
        Ended ended = desk.sign();
        INFO(ended.err);
        REQUIRE(ended.status == 0);
        if (said != nullptr)
            *said = ended.err;
        return std::move(ended.out);
    }

    /// "subject=CN = Alice Example\n…" for the certificates in the signature.
    std::string certificates_in(const std::string& mail) const
    {
        const auto file = desk.folder.write("signed", mail);
        const std::string pem = desk.folder.path() / "signature.pem";
        run({"openssl", "smime", "-pk7out", "-in", file, "-out", pem});
        return run({"openssl", "pkcs7", "-in", pem, "-print_certs", "-noout"});
    }

    HttpServer web;
    CardDesk desk{issued_by_intermediate(web.url("/issuing.p7c"))};
};

/// The form in which authorities publish certificates: in a SignedData that nobody signed.
base::Bytes certs_only(const CardDesk& desk, const base::Bytes& certificate)
{
    const auto der = desk.folder.write("issuing.der", std::string(base::as_text(certificate)));
    const std::string pem = desk.folder.path() / "issuing.pem";
    run({"openssl", "x509", "-inform", "DER", "-in", der, "-out", pem});
    const std::string message = desk.folder.path() / "issuing.p7c";
    run({"openssl", "crl2pkcs7", "-nocrl", "-certfile", pem, "-outform", "DER", "-out", message});
    const std::string text = desk.folder.read("issuing.p7c");
    return {text.begin(), text.end()};
}

} // namespace

TEST_CASE("an issuer that nobody here knows is said to be missing, is fetched, and then is in each signature")
{
    Office office;
    const CardDesk& desk = office.desk;
    CHECK_THAT(desk.sceau({"keys"}).out,
               Catch::Contains("issuer Sceau Test Issuing CA not known here, see sceau certificates\n"));
    std::string said;
    const std::string before = office.sign(&said);
    CHECK_THAT(said,
               Catch::Contains("The certificate of Sceau Test Issuing CA") && Catch::Contains("sceau certificates"));
    CHECK_THROWS_WITH(desk.verify_with_openssl(before), Catch::Contains("unable to get local issuer certificate"));

    office.web.serve("/issuing.p7c", certs_only(desk, intermediate_certificate()));
    const Ended offline = desk.sceau({"certificates", "--offline"});
    CHECK(offline.status == 1);
    CHECK_THAT(offline.out, Catch::Contains("Fetch it: sceau certificates\n"));
    CHECK(office.web.asked().empty());
    const Ended fetched = desk.sceau({"certificates"});
    INFO(fetched.out << fetched.err);
    CHECK(fetched.status == 0);
    CHECK_THAT(fetched.out, Catch::Contains("Fetched from " + office.web.url("/issuing.p7c")) &&
                                Catch::Contains("  issued by  Sceau Test Issuing CA, until ") &&
                                Catch::Contains("  The chain is complete.\n"));
    CHECK(office.web.asked().size() == 1);
    CHECK(desk.sceau({"certificates"}).status == 0);
    CHECK(office.web.asked().size() == 1);

    const std::string after = office.sign(&said);
    CHECK_THAT(said, !Catch::Contains("not known here"));
    CHECK_NOTHROW(desk.verify_with_openssl(after));
    const std::string certificates = office.certificates_in(after);
    CHECK_THAT(certificates,
               Catch::Contains("subject=CN = Alice Example") && Catch::Contains("subject=CN = Sceau Test Issuing CA"));
    CHECK_THAT(certificates, !Catch::Contains("subject=CN = Sceau Test CA")); // the root is not included
    CHECK_THAT(desk.sceau({"keys"}).out, !Catch::Contains("not known here"));
}

TEST_CASE("a server's answer that is not the issuer's certificate is not kept, and the person is told")
{
    Office office;
    const CardDesk& desk = office.desk;
    office.web.serve("/issuing.p7c", ca_certificate());
    const Ended ended = desk.sceau({"certificates", "--json"});
    CHECK(ended.status == 1);
    const json report = json::parse(ended.out);
    CHECK(report.at("fetched").at(0).at("result") == "not_issuer");
    CHECK(std::distance(std::filesystem::directory_iterator(desk.certificates()), {}) == 1);
    const auto alice = std::ranges::find_if(report.at("keys"),
                                            [](const json& key) { return key.at("subject") == "CN=Alice Example"; });
    REQUIRE(alice != report.at("keys").end());
    CHECK(alice->at("missing_issuer") == "CN=Sceau Test Issuing CA");
    CHECK(alice->at("chain").empty());
}

TEST_CASE("an issuer's certificate beside garbage in the folder completes the chain, and the garbage is named")
{
    Office office;
    const CardDesk& desk = office.desk;
    const auto put = [&](const std::string& name, const std::string& contents) {
        std::filesystem::rename(desk.folder.write(name, contents), desk.certificates() / name);
    };
    put("garbage.pem", "-----BEGIN CERTIFICATE-----\nnothing\n");
    put("issuing.der", std::string(base::as_text(intermediate_certificate())));
    CHECK_NOTHROW(desk.verify_with_openssl(office.sign()));
    const Ended ended = desk.sceau({"certificates", "--offline"});
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("garbage.pem\n  not used: there is no certificate in it\n"));
}
