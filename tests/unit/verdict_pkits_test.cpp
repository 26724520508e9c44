// The mails of NIST's Public Key Interoperability Test Suite (PKITS, path validation), as Debian packages them.
#include "tests/support/verdict_matchers.h"

#include <openssl/pem.h>

#include <algorithm>
#include <set>

using namespace sceau;
using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

const fs::path kSuite = "/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data";

fs::path anchor_in(const TemporaryFolder& folder)
{
    const mail::cms::BioPtr bio(BIO_new_file((kSuite / "certs/TrustAnchorRootCertificate.crt").c_str(), "rb"));
    const mail::cms::X509Ptr anchor(d2i_X509_bio(bio.get(), nullptr));
    REQUIRE(anchor);
    return folder.write("anchor.pem", to_pem(anchor.get()));
}

std::vector<fs::path> files_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// Returns whether a path is valid if any policy is accepted. The names of the mails say so, with some exceptions
/// (PKITS §4.4.1, §4.8).
bool is_valid(const std::string& name)
{
    static const std::set<std::string> kInvalid = {
        "MissingCRLTest1",        "DifferentPoliciesTest4", "DifferentPoliciesTest5", "DifferentPoliciesTest7",
        "DifferentPoliciesTest8", "DifferentPoliciesTest9", "DifferentPoliciesTest12"};
    return !name.starts_with("Invalid") && !kInvalid.contains(name);
}

/// Returns whether Sceau refuses the mail although it need not: DSA keys, and an indirect list that its issuer signs
/// only for itself.
bool is_beyond_us(const std::string& name)
{
    static const std::set<std::string> kNames = {"ValidDSASignaturesTest4", "ValidDSAParameterInheritanceTest5",
                                                 "ValidcRLIssuerTest30"};
    return kNames.contains(name);
}

} // namespace

TEST_CASE("no invalid path of PKITS is taken for valid, and only three valid ones are refused")
{
    const TemporaryFolder folder;
    const mail::cms::TrustOptions trust = {.ca_file = anchor_in(folder),
                                           .crl_files = files_in(kSuite / "crls"),
                                           .at = moment("20261124101200Z"),
                                           .require_revocation = true};
    std::size_t count = 0;
    for (const fs::path& path : files_in(kSuite / "smime")) {
        const std::string name = path.stem().string().substr(std::string("Signed").size());
        const auto source = mail::Source::open(path);
        REQUIRE(source);
        auto verdict = mail::mime::judge(*source, trust);
        REQUIRE(verdict);
        INFO(name << ": " << Catch::StringMaker<mail::mime::Verdict>::convert(*verdict));
        // All mails are from an address that is in none of the certificates.
        std::erase_if(verdict->reasons, [](const auto& reason) { return reason.what == mail::Found::from_another; });
        CHECK(verdict->reasons.empty() == (is_valid(name) && !is_beyond_us(name)));
        ++count;
    }
    CHECK(count == 224);
}
