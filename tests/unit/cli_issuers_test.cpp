// Which certificates `sceau certificates` fetches and stores, and what is said about keys with unknown issuers.
#include "clients/cli/certificate_report.h"
#include "clients/cli/download.h"
#include "clients/cli/issuer_fetch.h"
#include "clients/cli/key_notes.h"
#include "clients/cli/tables.h"
#include "mail/cms/certificate.h"
#include "mail/cms/certificate_folder.h"
#include "tests/support/http_server.h"
#include "tests/support/pki.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <cstdlib>

using namespace sceau;
using namespace sceau::cli;
using namespace sceau::test;
using base::Bytes;
using base::Language;

namespace {

const Console kEnglish{.language = Language::english};
const Console kFrench{.language = base::language_of("fr")};
const std::function<bool()> kNeverGivesUp = [] { return false; };

std::vector<std::string> with_url(std::vector<std::string> extensions, const std::string& urls)
{
    extensions.push_back("authorityInfoAccess=" + urls);
    return extensions;
}

struct Authorities {
    Identity root = self_signed({.common_name = "Root", .extensions = authority_extensions()});
    Identity issuing = issue(root, {.common_name = "Éditions & fils: CA",
                                    .extensions = with_url(authority_extensions(), "caIssuers;URI:http://ca/root"),
                                    .not_before = "20200101000000Z",
                                    .not_after = "20991231235959Z"});
    Identity alice = issue(issuing, {.extensions = with_url(person_extensions("email:alice@example.org"),
                                                            "caIssuers;URI:http://ca/1,caIssuers;URI:http://ca/2")});
};

// Web servers whose contents the test sets.
struct Web {
    std::map<std::string, base::Result<Bytes>> pages = {};
    std::vector<std::string> asked = {};

    IssuerFetch::Download download()
    {
        return [this](const std::string& url) -> base::Result<Bytes> {
            asked.push_back(url);
            const auto page = pages.find(url);
            return page == pages.end() ? std::unexpected(base::io("not found")) : page->second;
        };
    }
};

ipc::Key key_with(const Identity& identity, const std::vector<Bytes>& chain, std::optional<std::string> missing)
{
    const auto facts = mail::cms::read_certificate(identity.der()).value();
    ipc::Key key;
    key.id = facts.key;
    key.token_label = "Token";
    key.certificate = identity.der();
    key.chain = chain;
    key.subject = facts.subject;
    key.addresses = facts.addresses;
    key.algorithm = facts.algorithm;
    key.bits = facts.bits;
    key.schemes = facts.schemes;
    key.usage = {ipc::Usage::sign};
    key.missing_issuer = std::move(missing);
    return key;
}

} // namespace

TEST_CASE("an issuer's certificate is fetched from the first place that has it, and kept where the agent reads it")
{
    const Authorities now;
    const TemporaryFolder folder;
    const auto kept = folder.path() / "sceau/certificates";
    Web web{.pages = {{"http://ca/2", now.issuing.der()}}};
    IssuerFetch fetch(kept, web.download());
    CHECK(fetch.fetch_issuer_of(now.alice.der()));
    CHECK(web.asked == std::vector<std::string>{"http://ca/1", "http://ca/2"});
    REQUIRE(fetch.log().size() == 2);
    CHECK(fetch.log()[0].end == Fetched::End::failed);
    CHECK(fetch.log()[0].detail == "not found");
    CHECK(fetch.log()[1].end == Fetched::End::stored);

    const auto files = mail::cms::read_certificate_folder({.path = kept, .writers = base::for_oneself()});
    REQUIRE(files.size() == 1);
    CHECK(files[0].path == fetch.log()[1].files.at(0));
    CHECK(files[0].certificates == std::vector<Bytes>{now.issuing.der()});
    CHECK_THAT(files[0].path.filename().string(), Catch::StartsWith("ditions-fils-CA-") && Catch::EndsWith(".pem"));
    struct stat file{};
    ::stat(files[0].path.c_str(), &file);
    CHECK((file.st_mode & 0777) == 0644);

    CHECK_FALSE(fetch.fetch_issuer_of(now.alice.der())); // each place is asked only once
    CHECK(web.asked.size() == 2);
}

TEST_CASE("of everything downloaded, only the certificate's issuers are kept, including the root")
{
    const Authorities now;
    const auto stranger = self_signed({.common_name = "Stranger", .extensions = authority_extensions()});
    const auto namesake = self_signed({.common_name = "Éditions & fils: CA", .extensions = authority_extensions()});
    const TemporaryFolder folder;
    Bytes all;
    for (const Identity* one : {&stranger, &namesake, &now.root, &now.alice, &now.issuing})
        std::ranges::copy(one->der(), std::back_inserter(all));
    Web web{.pages = {{"http://ca/1", namesake.der()}, {"http://ca/2", all}}};
    IssuerFetch fetch(folder.path(), web.download());
    CHECK(fetch.fetch_issuer_of(now.alice.der()));
    CHECK(fetch.log().at(0).end == Fetched::End::not_issuer);
    CHECK(fetch.log().at(1).files.size() == 2);
    const auto files = mail::cms::read_certificate_folder({.path = folder.path(), .writers = base::for_oneself()});
    REQUIRE(files.size() == 2);
    for (const auto& file : files)
        CHECK((file.certificates.at(0) == now.root.der() || file.certificates.at(0) == now.issuing.der()));
}

TEST_CASE("garbage, an expired issuer and a folder that cannot be written leave nothing behind")
{
    const Authorities now;
    EVP_PKEY_up_ref(now.issuing.key.get());
    const auto expired = issue(now.root, {.common_name = "Éditions & fils: CA",
                                          .extensions = authority_extensions(),
                                          .not_before = "20200101000000Z",
                                          .not_after = "20200201000000Z",
                                          .key = mail::cms::EvpPkeyPtr(now.issuing.key.get())});
    const TemporaryFolder folder;
    Web web{.pages = {{"http://ca/1", Bytes(5000, 0x30)}, {"http://ca/2", expired.der()}}};
    IssuerFetch fetch(folder.path() / "none", web.download());
    CHECK_FALSE(fetch.fetch_issuer_of(now.alice.der()));
    CHECK(fetch.log().at(0).end == Fetched::End::not_issuer);
    CHECK(fetch.log().at(1).end == Fetched::End::not_issuer);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "none"));

    folder.write("file", "");
    Web other{.pages = {{"http://ca/1", now.issuing.der()}}};
    IssuerFetch into_file(folder.path() / "file/certificates", other.download());
    CHECK_FALSE(into_file.fetch_issuer_of(now.alice.der()));
    CHECK(into_file.log().at(0).end == Fetched::End::not_stored);
    CHECK_FALSE(into_file.log().at(0).detail.empty());
}

TEST_CASE("a download follows a few redirections over http, within its limits of size and time")
{
    ::setenv("no_proxy", "127.0.0.1", 1);
    HttpServer server;
    const Bytes body(3000, 'x');
    server.serve("/there", body);
    server.redirect("/one", "/there");
    server.redirect("/file", "file:///etc/hostname");
    server.redirect("/loop", "/loop");
    server.keep_silent("/silence");
    const auto get = [&](const std::string& path, const DownloadLimits& limits = {}) {
        return download(server.url(path), kNeverGivesUp, limits);
    };
    CHECK(get("/there").value() == body);
    CHECK(get("/one").value() == body);
    CHECK(get("/there", {.size = 3000}).value() == body);
    CHECK_THAT(get("/there", {.size = 2999}).error().message, Catch::Contains("more than 2999 bytes"));
    CHECK_THAT(get("/none").error().message, Catch::Contains("404"));
    for (const char* path : {"/file", "/loop"})
        CHECK(get(path).error().code == base::ErrorCode::io);
    CHECK(get("/silence", {.time = std::chrono::seconds(1)}).error().code == base::ErrorCode::io);
    CHECK_FALSE(download(server.url("/silence"), [] { return true; }));
    for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/x", "no url", "http://127.0.0.1:1/x"})
        CHECK_FALSE(download(url, kNeverGivesUp));
}

TEST_CASE("the table of keys says which are about to expire and whose issuer is not known")
{
    const Authorities now;
    const auto table = [&](const char* moment_of_year, std::optional<std::string> missing, const Console& console) {
        return key_table({key_with(now.alice, {}, std::move(missing))}, moment(moment_of_year), console);
    };
    const auto expires = [&](const char* then) { return table(then, {}, kEnglish); };
    CHECK_THAT(expires("20261124101200Z"), !Catch::Contains("expire"));
    CHECK_THAT(expires("20271201000000Z"), !Catch::Contains("expire"));
    CHECK_THAT(expires("20271202000000Z"), Catch::EndsWith("  expires in 30 days\n"));
    CHECK_THAT(expires("20271230120000Z"), Catch::EndsWith("  expires in 1 day\n"));
    CHECK_THAT(expires("20271231120000Z"), Catch::EndsWith("  expires within a day\n"));
    CHECK_THAT(expires("20280102000000Z"), Catch::Contains("  expired on "));
    CHECK_THAT(table("20261124101200Z", "CN=x", kEnglish),
               Catch::EndsWith("  issuer Éditions & fils: CA not known here, see sceau certificates\n"));
    CHECK_THAT(table("20271230120000Z", "CN=x", kFrench),
               Catch::EndsWith("  expire dans 1 jour ; émetteur Éditions & fils: CA inconnu ici, voir sceau "
                               "certificates\n"));
}

TEST_CASE("the report says for each key who issued it, what is missing and what to do")
{
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    const Authorities now;
    const mail::cms::FileInFolder bad{
        .path = "/etc/sceau/certificates/x", .certificates = {}, .fault = mail::cms::FileFault::no_certificate};
    CertificateReport report{.keys = {key_with(now.alice, {now.issuing.der()}, "CN=Root")},
                             .fetched = {{.url = "http://ca/root", .end = Fetched::End::failed, .detail = "no route"}},
                             .files = {bad},
                             .folder = "/home/a/.config/sceau/certificates",
                             .offline = false};
    CHECK_FALSE(is_whole(report));
    CHECK(text_of(report, kEnglish) ==
          "Nothing came from http://ca/root: no route\n"
          "alice@example.org  Alice Example\n"
          "  issued by  Éditions & fils: CA, until 31 Dec 2099\n"
          "  issued by  Root, whose certificate is not known here\n"
          "  Ask whoever gave you the token for it, and put the file into /home/a/.config/sceau/certificates\n"
          "/etc/sceau/certificates/x\n"
          "  not used: there is no certificate in it\n");
    report.offline = true;
    CHECK_THAT(text_of(report, kFrench), Catch::Contains("  Pour le chercher : sceau certificates\n"));

    const auto json = nlohmann::json::parse(json_of(report));
    CHECK(json.at("keys").at(0).at("missing_issuer") == "CN=Root");
    CHECK(json.at("keys").at(0).at("urls") == nlohmann::json::array({"http://ca/root"}));
    CHECK(json.at("keys").at(0).at("chain").at(0).at("issuer") == "CN=Root");
    CHECK(json.at("fetched").at(0).at("result") == "failed");
    CHECK(json.at("files").at(0).at("fault") == "no_certificate");

    report.keys = {key_with(now.alice, {now.issuing.der()}, {})};
    CHECK(is_whole(report));
    CHECK_THAT(text_of(report, kEnglish), Catch::Contains("  The chain is complete.\n"));
    report.keys = {};
    CHECK_THAT(text_of(report, kEnglish), Catch::Contains("No token with a key is plugged in"));
}
