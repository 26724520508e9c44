// Whether the signer's certificate can be trusted, at a moment that the test names.
#include "tests/support/verdict_matchers.h"

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

/// Judges a mail by a person whom the issuer certified with those extensions.
Verdict judged_with(const World& world, Wanted wanted)
{
    const auto signer = issue(world.issuer, std::move(wanted));
    return judged(world.signed_by(signer, header()), world.trust());
}

Verdict judged_with_extensions(const World& world, std::vector<std::string> extensions)
{
    extensions.emplace_back("subjectAltName=email:alice@example.org");
    return judged_with(world, {.extensions = std::move(extensions)});
}

/// Judges a mail by a person whom this authority certified.
Verdict judged_under(const World& world, const Identity& authority, const std::vector<const X509*>& others = {})
{
    const auto signer = issue(authority, {});
    Signing how;
    how.certificates = others;
    how.certificates.push_back(authority.certificate.get());
    return judged(multipart_signed(header(), text_part(), sign(signer, text_part(), how)), world.trust());
}

} // namespace

TEST_CASE("an expired certificate was not valid then and is good at a moment before")
{
    const World world;
    auto trust = world.trust();
    const auto mail = world.signed_mail();
    trust.at = moment("20280601000000Z");
    const auto late = judged(mail, trust);
    CHECK(late == Judgement::not_valid_then);
    CHECK(says(late.reasons, "Alice Example was valid until 1 Jan 2028 only"));
    trust.at = moment("20251231000000Z");
    const auto early = judged(mail, trust);
    CHECK(early == Judgement::not_valid_then);
    CHECK(says(early.reasons, "valid from 1 Jan 2026 only"));
    trust.at = moment("20271231235959Z");
    CHECK(judged(mail, trust) == Judgement::signed_);
}

TEST_CASE("an expired authority is not valid either")
{
    const World world;
    const auto old = issue(world.root, {.common_name = "Old CA",
                                        .extensions = authority_extensions(),
                                        .not_before = "20250101000000Z",
                                        .not_after = "20260101000000Z"});
    const auto verdict = judged_under(world, old);
    CHECK(verdict == Judgement::not_valid_then);
    CHECK(says(verdict.reasons, "Old CA"));
}

TEST_CASE("a certificate without a trusted root behind it has an unknown issuer")
{
    const World world;
    const auto alone = self_signed({});
    CHECK(judged(world.signed_by(alone, header()), world.trust()) == Judgement::unknown_issuer);
    const auto other_root = self_signed({.common_name = "Example Root", .extensions = authority_extensions()});
    CHECK(judged_under(world, other_root) == Judgement::unknown_issuer);
    const auto missing = multipart_signed(header(), text_part(), sign(world.alice, text_part()));
    const auto verdict = judged(missing, world.trust());
    CHECK(verdict == Judgement::unknown_issuer);
    CHECK(says(verdict.reasons, "issuer of the certificate of Alice Example is not known"));
}

TEST_CASE("without a CA file the system's roots decide")
{
    const World world;
    auto trust = world.trust();
    trust.ca_file.reset();
    CHECK(judged(world.signed_mail(), trust) == Judgement::unknown_issuer);
}

TEST_CASE("an authority that is trusted by name need not be a root")
{
    const World world;
    auto trust = world.trust();
    trust.ca_file = world.folder.write("issuer.pem", to_pem(world.issuer.certificate.get()));
    CHECK(judged(world.signed_mail(), trust) == Judgement::signed_);
    trust.ca_file = world.folder.write("alice.pem", to_pem(world.alice.certificate.get()));
    const auto by_alice = issue(world.alice, {});
    CHECK(judged(world.signed_by(by_alice, header()), trust) == Judgement::unknown_issuer);
}

TEST_CASE("an authority with a weak key is warned of")
{
    const World world;
    const auto weak =
        issue(world.root, {.common_name = "Weak CA", .extensions = authority_extensions(), .key = new_rsa_key(1024)});
    const Verdict verdict = judged_under(world, weak);
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "The key of the authority Weak CA is weaker than RSA with 2048 bits."));
}

TEST_CASE("a certificate that vouches for another without being an authority is not followed")
{
    const World world;
    const auto verdict = judged_under(world, world.alice, {world.issuer.certificate.get()});
    CHECK(verdict == Judgement::unknown_issuer);
}

TEST_CASE("an authority may not issue more levels or other names than it was allowed to")
{
    const World world;
    const auto last = issue(
        world.root, {.common_name = "Last",
                     .extensions = {"basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign"}});
    const auto beyond = issue(last, {.common_name = "Beyond", .extensions = authority_extensions()});
    CHECK(judged_under(world, beyond, {last.certificate.get()}) == Judgement::unknown_issuer);
    const auto named = [&](const char* constraint) {
        auto extensions = authority_extensions();
        extensions.emplace_back(constraint);
        return issue(world.root, {.common_name = "Constrained", .extensions = extensions});
    };
    CHECK(judged_under(world, named("nameConstraints=critical,permitted;email:example.org")) == Judgement::signed_);
    CHECK(judged_under(world, named("nameConstraints=critical,permitted;email:other.example")) ==
          Judgement::unknown_issuer);
}

TEST_CASE("a certificate for purposes other than mail is wrong for mail")
{
    const World world;
    CHECK(judged_with_extensions(world, {"extendedKeyUsage=serverAuth,clientAuth"}) == Judgement::wrong_purpose);
    CHECK(judged_with_extensions(world, {"keyUsage=critical,keyEncipherment"}) == Judgement::wrong_purpose);
    CHECK(judged_with_extensions(world, {"keyUsage=critical,keyCertSign"}) == Judgement::wrong_purpose);
}

TEST_CASE("a certificate without usages, for non-repudiation or for any purpose is good for mail")
{
    const World world;
    CHECK(judged_with_extensions(world, {}) == Judgement::signed_);
    CHECK(judged_with_extensions(world, {"keyUsage=critical,nonRepudiation"}) == Judgement::signed_);
    CHECK(judged_with_extensions(world, {"extendedKeyUsage=anyExtendedKeyUsage"}) == Judgement::signed_);
    CHECK(judged_with_extensions(world, {"extendedKeyUsage=clientAuth,emailProtection"}) == Judgement::signed_);
}

TEST_CASE("a critical extension that nobody knows is a reason to reject")
{
    const World world;
    CHECK(judged_with_extensions(world, {"1.2.3.4=critical,DER:0500"}) == Judgement::wrong_purpose);
    CHECK(judged_with_extensions(world, {"1.2.3.4=DER:0500"}) == Judgement::signed_);
}

TEST_CASE("revocation is checked if a list is given, and otherwise reported as unchecked")
{
    const World world;
    auto trust = world.trust();
    const auto mail = world.signed_mail();
    CHECK(judged(mail, trust).revocation != mail::cms::Revocation::checked);

    const auto of_root = world.folder.write("of_root.pem", revocation_list(world.root, {}));
    trust.crl_files = {of_root, world.folder.write("empty.pem", revocation_list(world.issuer, {}))};
    const auto good = judged(mail, trust);
    CHECK(good == Judgement::signed_);
    CHECK(good.revocation == mail::cms::Revocation::checked);
    CHECK(good.warnings.empty());

    trust.crl_files = {of_root, world.folder.write("revoked.pem", revocation_list(world.issuer, {&world.alice}))};
    const auto revoked = judged(mail, trust);
    CHECK(revoked == Judgement::revoked);
    CHECK(says(revoked.reasons, "Alice Example is revoked"));
    CHECK(revoked.revocation == mail::cms::Revocation::checked);
}

TEST_CASE("a revoked authority revokes whom it certified")
{
    const World world;
    auto trust = world.trust();
    trust.crl_files = {world.folder.write("root.pem", revocation_list(world.root, {&world.issuer})),
                       world.folder.write("issuer.pem", revocation_list(world.issuer, {}))};
    const auto verdict = judged(world.signed_mail(), trust);
    CHECK(verdict == Judgement::revoked);
    CHECK(says(verdict.reasons, "Example CA is revoked"));
}

TEST_CASE("a list that is another authority's or out of date leaves revocation unchecked")
{
    const World world;
    auto trust = world.trust();
    trust.crl_files = {world.folder.write("root.pem", revocation_list(world.root, {}))};
    CHECK(judged(world.signed_mail(), trust) == Judgement::signed_);
    CHECK(judged(world.signed_mail(), trust).revocation != mail::cms::Revocation::checked);

    const auto forger = self_signed({.common_name = "Example CA", .extensions = authority_extensions()});
    trust.crl_files = {world.folder.write("forged.pem", revocation_list(forger, {&world.alice}))};
    const auto forged = judged(world.signed_mail(), trust);
    CHECK(forged.revocation != mail::cms::Revocation::checked);
    CHECK(forged == Judgement::signed_);
    CHECK(says(forged.warnings, "No use can be made of the revocation list of Example CA (forged.pem)"));

    trust.crl_files = {world.folder.write("old.pem", revocation_list(world.issuer, {}))};
    trust.at = moment("20260101000000Z") - std::chrono::hours(1);
    CHECK(judged(world.signed_mail(), trust).revocation != mail::cms::Revocation::checked);
    trust.crl_files = {world.folder.write("old.pem", revocation_list(world.issuer, {&world.alice}))};
    trust.at = moment("20280101000000Z") + std::chrono::hours(1);
    CHECK(judged(world.signed_mail(), trust) == Judgement::revoked);
}

TEST_CASE("revocation lists are read in DER too")
{
    const World world;
    auto trust = world.trust();
    const auto pem = revocation_list(world.issuer, {&world.alice});
    std::string base64 = pem.substr(pem.find('\n') + 1);
    base64.resize(base64.find("-----"));
    std::erase(base64, '\n');
    const auto der = base::from_base64(base64);
    REQUIRE(der);
    trust.crl_files = {world.folder.write("revoked.crl", base::as_text(*der))};
    CHECK(judged(world.signed_mail(), trust) == Judgement::revoked);
}

TEST_CASE("trust files that are missing or contain something else are an error")
{
    const World world;
    const auto mail = mail::Source::of_bytes(base::as_bytes(world.signed_mail()));
    REQUIRE(mail);
    const auto code = [&](const mail::cms::TrustOptions& trust) {
        return mail::mime::judge(*mail, trust).error().code;
    };
    const auto other = world.folder.write("other.txt", "not a certificate");
    CHECK(code({.ca_file = "/nonexistent", .crl_files = {}, .at = {}}) == base::ErrorCode::io);
    CHECK(code({.ca_file = other, .crl_files = {}, .at = {}}) == base::ErrorCode::io);
    CHECK(code({.ca_file = {}, .crl_files = {"/nonexistent"}, .at = {}}) == base::ErrorCode::io);
    CHECK(code({.ca_file = {}, .crl_files = {other}, .at = {}}) == base::ErrorCode::io);
}

TEST_CASE("the worst of several reasons decides the judgement and all are reported")
{
    const World world;
    const auto signer =
        issue(world.issuer, {.extensions = {"extendedKeyUsage=serverAuth", "subjectAltName=email:alice@example.org"},
                             .not_after = "20260601000000Z"});
    const auto verdict = judged(world.signed_by(signer, header("ceo@good.example")), world.trust());
    CHECK(verdict == Judgement::not_from_signer);
    REQUIRE(verdict.reasons.size() == 3);
    CHECK(says({verdict.reasons[0]}, "ceo@good.example"));
    CHECK(says({verdict.reasons[1]}, "valid until 1 Jun 2026"));
    CHECK(says({verdict.reasons[2]}, "not one for signed mail"));
}

TEST_CASE("names in certificates reach the reader without terminal escapes")
{
    const World world;
    const auto signer = self_signed({.common_name = "Alice\x1b[2J\u202E"});
    const auto verdict = judged(world.signed_by(signer, header()), world.trust());
    CHECK(verdict == Judgement::unknown_issuer);
    CHECK(verdict.signer()->name == "Alice\uFFFD[2J\uFFFD");
    CHECK(says(verdict.reasons, "Alice\uFFFD[2J\uFFFD vouches for itself"));
}
