// Chains of issuers, and the files and folders from which they are built.
#include "mail/cms/certificate_folder.h"
#include "mail/cms/issuers.h"
#include "tests/support/pki.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <sys/stat.h>

using namespace sceau;
using namespace sceau::mail::cms;
using test::authority_extensions;
using test::Identity;
using test::issue;
using test::moment;
using test::self_signed;

namespace {

const auto kNow = moment("20261124101200Z");

std::vector<std::string> with_identifiers(std::vector<std::string> extensions)
{
    extensions.emplace_back("authorityKeyIdentifier=keyid:always");
    return extensions;
}

struct Authorities {
    Identity root = self_signed({.common_name = "Root", .extensions = authority_extensions()});
    Identity upper = issue(root, {.common_name = "Upper", .extensions = with_identifiers(authority_extensions())});
    Identity lower = issue(upper, {.common_name = "Lower", .extensions = with_identifiers(authority_extensions())});
    Identity alice = issue(lower, {});
};

Identity again(const Identity& authority, const Identity& issuer, test::Wanted wanted)
{
    EVP_PKEY_up_ref(authority.key.get());
    wanted.key = EvpPkeyPtr(authority.key.get());
    return issue(issuer, std::move(wanted));
}

Chain chain_of(const Identity& certificate, const std::vector<base::Bytes>& candidates)
{
    return Issuers().chain_of(certificate.der(), candidates, kNow);
}

base::Bytes certs_only(const std::vector<const Identity*>& identities)
{
    const std::unique_ptr<PKCS7, Deleter<PKCS7_free>> message(PKCS7_new());
    PKCS7_set_type(message.get(), NID_pkcs7_signed);
    PKCS7_content_new(message.get(), NID_pkcs7_data);
    for (const Identity* one : identities)
        PKCS7_add_certificate(message.get(), one->certificate.get());
    base::Bytes der(static_cast<std::size_t>(i2d_PKCS7(message.get(), nullptr)));
    unsigned char* position = der.data();
    i2d_PKCS7(message.get(), &position);
    return der;
}

std::string armoured(const std::string& name, const base::Bytes& contents)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio(bio.get(), name.c_str(), "", contents.data(), static_cast<long>(contents.size()));
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

base::Bytes bytes_of(std::string_view text)
{
    return {text.begin(), text.end()};
}

using Certificates = std::vector<base::Bytes>;

} // namespace

TEST_CASE("a chain goes from the certificate upwards and ends below the root")
{
    const Authorities now;
    const auto impostor = self_signed({.common_name = "Lower", .extensions = authority_extensions()});
    const base::Bytes junk = {1, 2, 3};
    CHECK(chain_of(now.alice, {junk, now.root.der(), now.upper.der(), impostor.der(), now.alice.der(),
                               now.lower.der()}) == Chain{{now.lower.der(), now.upper.der()}, ""});
    CHECK(chain_of(now.root, {now.root.der()}) == Chain{});
    CHECK(Issuers().chain_of(junk, {now.root.der()}, kNow) == Chain{});
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a chain that ends before a root says who is missing")
{
    const Authorities now;
    CHECK(chain_of(now.alice, {}) == Chain{{}, "CN=Lower"});
    CHECK(chain_of(now.alice, {now.root.der(), now.upper.der()}) == Chain{{}, "CN=Lower"});
    CHECK(chain_of(now.alice, {now.lower.der()}) == Chain{{now.lower.der()}, "CN=Upper"});
    CHECK(chain_of(now.alice, {now.lower.der(), now.upper.der()}) ==
          Chain{{now.lower.der(), now.upper.der()}, "CN=Root"});
}

TEST_CASE("what was added and what the token has are one chain")
{
    const Authorities now;
    Issuers issuers;
    issuers.add(now.root.der());
    issuers.add(now.lower.der());
    issuers.add(base::Bytes{1, 2, 3});
    CHECK(issuers.chain_of(now.alice.der(), {now.upper.der()}, kNow) == Chain{{now.lower.der(), now.upper.der()}, ""});
}

TEST_CASE("an issuer that is expired, not valid yet, not an authority, of another key or too far up is not chosen")
{
    const Authorities now;
    const Certificates above = {now.upper.der(), now.root.der()};
    const auto refuses = [&](const Identity& lower) {
        Certificates all = above;
        all.push_back(lower.der());
        CHECK(chain_of(now.alice, all) == Chain{{}, "CN=Lower"});
        all.push_back(now.lower.der());
        CHECK(chain_of(now.alice, all) == Chain{{now.lower.der(), now.upper.der()}, ""});
    };
    refuses(again(now.lower, now.upper,
                  {.common_name = "Lower", .extensions = authority_extensions(), .not_after = "20261123000000Z"}));
    refuses(again(now.lower, now.upper,
                  {.common_name = "Lower", .extensions = authority_extensions(), .not_before = "20261125000000Z"}));
    refuses(again(now.lower, now.upper, {.common_name = "Lower", .extensions = {"basicConstraints=CA:FALSE"}}));
    refuses(again(now.lower, now.upper, {.common_name = "Lower", .extensions = {}}));
    refuses(again(now.lower, now.upper,
                  {.common_name = "Lower", .extensions = {"basicConstraints=CA:TRUE", "keyUsage=cRLSign"}}));
    refuses(issue(now.upper, {.common_name = "Lower", .extensions = authority_extensions()}));
    const auto short_upper =
        again(now.upper, now.root,
              {.common_name = "Upper",
               .extensions = {"basicConstraints=critical,CA:TRUE,pathlen:0", "subjectKeyIdentifier=hash"}});
    CHECK(chain_of(now.alice, {now.lower.der(), short_upper.der(), now.root.der()}) ==
          Chain{{now.lower.der()}, "CN=Upper"});
}

TEST_CASE("of several chains one that reaches a root is chosen, whatever the order of the files")
{
    const Authorities now;
    const auto unknown = self_signed({.common_name = "Unknown", .extensions = authority_extensions()});
    const auto dead_end = again(now.lower, unknown, {.common_name = "Lower", .extensions = authority_extensions()});
    const Chain whole{{now.lower.der(), now.upper.der()}, ""};
    CHECK(chain_of(now.alice, {dead_end.der(), now.lower.der(), now.upper.der(), now.root.der()}) == whole);
    CHECK(chain_of(now.alice, {now.root.der(), now.upper.der(), now.lower.der(), dead_end.der()}) == whole);

    const auto crossed = again(now.root, unknown, {.common_name = "Root", .extensions = authority_extensions()});
    CHECK(chain_of(now.alice, {crossed.der(), now.lower.der(), now.upper.der(), now.root.der()}) == whole);
    CHECK(chain_of(now.alice, {crossed.der(), unknown.der(), now.lower.der(), now.upper.der(), now.root.der()}) ==
          Chain{{now.lower.der(), now.upper.der(), crossed.der()}, ""});
}

TEST_CASE("two authorities that certify each other do not make an endless chain")
{
    const auto one = self_signed({.common_name = "One", .extensions = authority_extensions()});
    const auto two = issue(one, {.common_name = "Two", .extensions = authority_extensions()});
    const auto one_by_two = again(one, two, {.common_name = "One", .extensions = authority_extensions()});
    const auto alice = issue(one, {});
    CHECK(chain_of(alice, {one_by_two.der(), two.der()}) == Chain{{one_by_two.der(), two.der()}, "CN=One"});
}

TEST_CASE("many authorities of one name, and a chain without end, are given up after a while")
{
    std::vector<Identity> all;
    all.push_back(self_signed({.common_name = "0", .extensions = authority_extensions()}));
    for (int i = 1; i < 20; ++i)
        all.push_back(issue(all.back(), {.common_name = std::to_string(i), .extensions = authority_extensions()}));
    Certificates candidates;
    for (const Identity& one : all)
        candidates.push_back(one.der());
    const auto alice = issue(all.back(), {});
    CHECK(chain_of(alice, candidates).certificates.size() == 10);
    CHECK(chain_of(alice, candidates).missing_issuer == "CN=9");

    Certificates alike;
    for (int i = 0; i < 300; ++i)
        alike.push_back(self_signed({.common_name = "19", .extensions = authority_extensions()}).der());
    CHECK(chain_of(alice, alike) == Chain{{}, "CN=19"});
}

TEST_CASE("the issuer's URLs are those that the certificate names, over http and https only")
{
    const auto urls_of = [](const std::string& value) {
        return issuer_urls(self_signed({.extensions = {"authorityInfoAccess=" + value}}).der());
    };
    CHECK(urls_of(
              "caIssuers;URI:http://a.example/ca.p7c,OCSP;URI:http://ocsp.example,caIssuers;URI:HTTPS://b.example/x") ==
          std::vector<std::string>{"http://a.example/ca.p7c", "HTTPS://b.example/x"});
    CHECK(urls_of("caIssuers;URI:ldap://a.example/cn=ca,caIssuers;URI:file:///etc/passwd,caIssuers;DNS:a.example")
              .empty());
    CHECK(urls_of("caIssuers;URI:http://a.example/" + std::string(3000, 'x')).empty());
    std::string many = "caIssuers;URI:http://a.example/0";
    for (int i = 1; i < 20; ++i)
        many += ",caIssuers;URI:http://a.example/" + std::to_string(i);
    CHECK(urls_of(many).size() == 8);
    CHECK(issuer_urls(base::Bytes{1, 2}).empty());
    CHECK(issuer_urls(self_signed({}).der()).empty());
}

TEST_CASE("certificates are read in the forms in which authorities publish them")
{
    const Authorities now;
    const Certificates two = {now.lower.der(), now.upper.der()};
    const auto whole = [&](const base::Bytes& contents) {
        const CertificateFile file = read_certificate_file(contents);
        CHECK(file.certificates == two);
        CHECK_FALSE(file.damaged);
    };
    const std::string lower = test::to_pem(now.lower.certificate.get());
    const std::string upper = test::to_pem(now.upper.certificate.get());
    whole(bytes_of(lower + upper));
    whole(bytes_of(lower + upper + lower));
    whole(bytes_of("0 Subject: Lower\n" + lower + "\nSubject: Upper\n" + upper + "the end\n"));
    std::string windows = "\xef\xbb\xbf" + lower + upper;
    for (std::size_t at = 0; (at = windows.find('\n', at)) != std::string::npos; at += 2)
        windows.insert(at, "\r");
    whole(bytes_of(windows));
    base::Bytes der = now.lower.der();
    std::ranges::copy(now.upper.der(), std::back_inserter(der));
    whole(der);
    whole(bytes_of(armoured("X509 CERTIFICATE", now.lower.der()) + armoured("TRUSTED CERTIFICATE", now.upper.der())));

    const auto sorted = [](Certificates certificates) {
        std::ranges::sort(certificates);
        return certificates;
    };
    const base::Bytes message = certs_only({&now.lower, &now.upper});
    for (const base::Bytes& contents :
         {message, bytes_of(armoured("PKCS7", message)), bytes_of(armoured("CMS", message))})
        CHECK(sorted(read_certificate_file(contents).certificates) == sorted(two));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("damaged certificates are reported, and the others are read all the same")
{
    const Authorities now;
    const std::string lower = test::to_pem(now.lower.certificate.get());
    std::string broken = test::to_pem(now.upper.certificate.get());
    broken[100] = '!';
    for (const std::string& text : {lower + broken, broken + lower, lower + "-----BEGIN CERTIFICATE-----\n",
                                    armoured("CERTIFICATE", {1, 2, 3}) + lower}) {
        const CertificateFile file = read_certificate_file(bytes_of(text));
        CHECK(file.certificates == Certificates{now.lower.der()});
        CHECK(file.damaged);
    }
    base::Bytes cut = now.lower.der();
    std::ranges::copy(now.upper.der(), std::back_inserter(cut));
    cut.pop_back();
    CHECK(read_certificate_file(cut).certificates == Certificates{now.lower.der()});
    CHECK(read_certificate_file(cut).damaged);

    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), now.lower.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* key = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &key);
    const CertificateFile with_key =
        read_certificate_file(bytes_of(std::string(key, static_cast<std::size_t>(size)) + lower));
    CHECK(with_key.certificates == Certificates{now.lower.der()});
    CHECK_FALSE(with_key.damaged);
    for (const base::Bytes& nothing : {base::Bytes{}, base::Bytes{0x30}, base::Bytes(1000, 0x30), bytes_of("hello")})
        CHECK(read_certificate_file(nothing).certificates.empty());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a folder's files are read by their names, and each that cannot be used is named with its reason")
{
    const test::TemporaryFolder folder;
    const Authorities now;
    const CertificateFolder own{.path = folder.path(), .writers = base::for_oneself()};
    const std::string lower = test::to_pem(now.lower.certificate.get());
    CHECK(read_certificate_folder({.path = folder.path() / "none", .writers = {}}).empty());
    folder.write("b.pem", lower);
    folder.write("a.txt", "nothing");
    folder.write("c.pem", lower + "-----BEGIN CERTIFICATE-----\n");
    folder.write(".hidden", "nothing");
    folder.write("b.pem~", "nothing");
    std::filesystem::create_directory(folder.path() / "old");
    std::filesystem::create_symlink("nowhere", folder.path() / "d.pem");
    ::chmod(folder.write("e.pem", lower).c_str(), 0666);
    ::mkfifo((folder.path() / "f.pem").c_str(), 0600);
    folder.write("g.pem", std::string((1 << 20) + 1, 'x'));

    const auto files = read_certificate_folder(own);
    std::string names;
    for (const FileInFolder& file : files)
        names += file.path.filename().string() + " ";
    REQUIRE(names == "a.txt b.pem c.pem d.pem e.pem f.pem g.pem ");
    CHECK(files[0].fault == FileFault::no_certificate);
    CHECK(files[1].fault == FileFault::none);
    CHECK(files[1].certificates == Certificates{now.lower.der()});
    CHECK(files[2].fault == FileFault::damaged);
    CHECK(files[2].certificates.size() == 1);
    for (std::size_t i = 3; i < files.size(); ++i) {
        CHECK(files[i].fault == FileFault::refused);
        CHECK(files[i].certificates.empty());
        CHECK_THAT(files[i].detail, Catch::Contains(files[i].path.string()));
    }
    CHECK_THAT(files[4].detail, Catch::Contains("chmod o-w"));
}

TEST_CASE("a folder that is far too large is read in part, and what is left out is named")
{
    const test::TemporaryFolder folder;
    const Authorities now;
    const std::string lower = test::to_pem(now.lower.certificate.get());
    for (int i = 1000; i < 1300; ++i)
        folder.write(std::to_string(i), lower);
    const CertificateFolder own{.path = folder.path(), .writers = base::for_oneself()};
    const auto files = read_certificate_folder(own);
    REQUIRE(files.size() == 300);
    CHECK(files[255].fault == FileFault::none);
    CHECK(files[256].fault == FileFault::too_many);
    for (int i = 1000; i < 1010; ++i)
        folder.write(std::to_string(i), lower + std::string(1000000, '\n'));
    const auto large = read_certificate_folder(own);
    CHECK(large[7].fault == FileFault::none);
    CHECK(large[8].fault == FileFault::too_many);
}

TEST_CASE("a folder's state changes when a file comes, goes, or is written, and not otherwise")
{
    const test::TemporaryFolder folder;
    const CertificateFolder own{.path = folder.path() / "certificates", .writers = base::for_oneself()};
    std::vector<std::string> states = {state_of(own)};
    const auto note = [&] { states.push_back(state_of(own)); };
    std::filesystem::create_directory(own.path);
    note();
    folder.write("certificates/a", "1");
    note();
    folder.write("certificates/a", "22");
    note();
    ::chmod((own.path / "a").c_str(), 0600);
    note();
    std::filesystem::remove(own.path / "a");
    note();
    for (std::size_t i = 1; i < states.size(); ++i)
        CHECK(states[i] != states[i - 1]);
    CHECK(state_of(own) == states.back());
}
