// "Not revoked" is claimed for the whole path or not at all, and policies count where authorities demand them.
#include "tests/support/verdict_matchers.h"

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

struct Judged : World {
    mail::cms::TrustOptions trust_with(const std::vector<std::string>& lists) const
    {
        auto options = trust();
        for (const std::string& list : lists)
            options.crl_files.push_back(folder.write("list" + std::to_string(options.crl_files.size()) + ".pem", list));
        return options;
    }

    Verdict with(const std::vector<std::string>& lists) const { return judged(signed_mail(), trust_with(lists)); }

    std::string of_root = revocation_list(root, {});
    std::string of_issuer = revocation_list(issuer, {});
};

const char* const kDelta = "2.5.29.27=critical,DER:020101"; // refers to the list with the number 1

// certificatePolicies with 1.2.3.4, 1.2.3.5 and anyPolicy.
const char* const kFirst = "certificatePolicies=DER:3007300506032a0304";
const char* const kSecond = "certificatePolicies=DER:3007300506032a0305";
const char* const kAny = "certificatePolicies=DER:300830060604551d2000";

std::string number(int value)
{
    return "2.5.29.20=DER:0201" + base::to_hex(base::Bytes{static_cast<std::uint8_t>(value)});
}

Verdict judged_under(const World& world, std::vector<std::string> authority, std::vector<std::string> person)
{
    auto extensions = authority_extensions();
    std::ranges::move(authority, std::back_inserter(extensions));
    const auto demanding = issue(world.root, {.common_name = "Demanding CA", .extensions = extensions});
    auto persons = person_extensions("email:alice@example.org");
    std::ranges::move(person, std::back_inserter(persons));
    const auto signer = issue(demanding, {.extensions = persons});
    Signing how;
    how.certificates.push_back(demanding.certificate.get());
    return judged(multipart_signed(header(), text_part(), sign(signer, text_part(), how)), world.trust());
}

} // namespace

TEST_CASE("not revoked is claimed when the lists of all issuers are there")
{
    const Judged world;
    const Verdict good = world.with({world.of_root, world.of_issuer});
    CHECK(good == Judgement::signed_);
    CHECK(good.revocation == mail::cms::Revocation::checked);
    CHECK(good.warnings.empty());
    // The authority that is trusted by name needs no list.
    auto trust = world.trust_with({world.of_issuer});
    trust.ca_file = world.folder.write("issuer.pem", to_pem(world.issuer.certificate.get()));
    CHECK(judged(world.signed_mail(), trust).revocation == mail::cms::Revocation::checked);
}

TEST_CASE("not revoked is not claimed if a list is missing, and the missing one is named")
{
    const Judged world;
    const Verdict without_issuers = world.with({world.of_root});
    CHECK(without_issuers == Judgement::signed_);
    CHECK(without_issuers.revocation == mail::cms::Revocation::unknown);
    CHECK(without_issuers.revocation != mail::cms::Revocation::checked);
    CHECK(says(without_issuers.warnings, "certificate of Alice Example is revoked could not be checked"));
    const Verdict without_roots = world.with({world.of_issuer});
    CHECK(without_roots.revocation != mail::cms::Revocation::checked);
    CHECK(says(without_roots.warnings, "certificate of Example CA is revoked could not be checked"));
    CHECK(says(without_roots.warnings, "no list that fits by Example Root"));
    CHECK(world.with({revocation_list(world.root, {&world.issuer})}) == Judgement::revoked);
}

TEST_CASE("a list that does not fit is named with the reason")
{
    const Judged world;
    const auto stranger = self_signed({.common_name = "Stranger", .extensions = authority_extensions()});
    const Verdict other = world.with({world.of_root, revocation_list(stranger, {})});
    CHECK(other.revocation != mail::cms::Revocation::checked);
    CHECK(says(other.warnings, "the revocation list of Stranger (list1.pem): its issuer has issued none"));

    auto trust = world.trust_with({world.of_root, world.of_issuer});
    trust.at = moment("20280101000000Z") + std::chrono::hours(1);
    CHECK(says(judged(world.signed_mail(), trust).warnings, "Example CA (list1.pem) was to be replaced on 1 Jan 2028"));

    const Verdict critical =
        world.with({world.of_root, revocation_list(world.issuer, {}, {"1.2.3.4=critical,DER:0500"})});
    CHECK(critical.revocation != mail::cms::Revocation::checked);
    CHECK(says(critical.warnings, "No use can be made of the revocation list of Example CA (list1.pem)"));
}

TEST_CASE("a list that its issuer did not sign hides no list that it did sign")
{
    const Judged world;
    const auto forger = self_signed({.common_name = "Example CA", .extensions = authority_extensions()});
    const std::string forged = revocation_list(forger, {});
    const std::string revoked = revocation_list(world.issuer, {&world.alice});
    CHECK(world.with({world.of_root, forged, revoked}) == Judgement::revoked);
    CHECK(world.with({world.of_root, revoked, forged}) == Judgement::revoked);
    const Verdict good = world.with({world.of_root, forged, world.of_issuer});
    CHECK(good.revocation == mail::cms::Revocation::checked);
    CHECK(says(good.warnings, "No use can be made of the revocation list of Example CA (list1.pem)"));
    CHECK(world.with({world.of_root, world.of_issuer, revocation_list(forger, {&world.alice})}).revocation ==
          mail::cms::Revocation::checked);
}

TEST_CASE("a delta list that was given counts, announced or not")
{
    const Judged world;
    const bool announced = GENERATE(true, false);
    const std::vector<std::string> of_base =
        announced ? std::vector<std::string>{number(1), "freshestCRL=URI:http://example.org/"}
                  : std::vector<std::string>{number(1)};
    const std::string whole = revocation_list(world.issuer, {}, of_base);
    const auto delta = [&](const std::vector<const Identity*>& revoked) {
        return revocation_list(world.issuer, revoked, {number(2), kDelta});
    };
    const Verdict good = world.with({world.of_root, whole, delta({})});
    CHECK(good == Judgement::signed_);
    CHECK(good.revocation == mail::cms::Revocation::checked);
    CHECK(good.warnings.empty());
    CHECK(world.with({world.of_root, whole, delta({&world.alice})}) == Judgement::revoked);
    CHECK(world.with({world.of_root, delta({&world.alice}), whole}) == Judgement::revoked);
    CHECK(world.with({world.of_root, delta({&world.alice})}) == Judgement::revoked);
    const Verdict alone = world.with({world.of_root, delta({})});
    CHECK(alone.revocation != mail::cms::Revocation::checked);
    CHECK(says(alone.warnings, "changes to a whole list that was not given"));
}

TEST_CASE("a delta list that its issuer did not sign says nothing")
{
    const Judged world;
    const auto forger = self_signed({.common_name = "Example CA", .extensions = authority_extensions()});
    const std::string forged = revocation_list(forger, {&world.alice}, {number(2), kDelta});
    const std::vector<std::string> of_base = {number(1), "freshestCRL=URI:http://example.org/"};
    CHECK(world.with({world.of_root, revocation_list(world.issuer, {}, of_base), forged}) == Judgement::signed_);
    CHECK(world.with({world.of_root, revocation_list(world.issuer, {&world.alice}, of_base), forged}) ==
          Judgement::revoked);
}

TEST_CASE("lists for some reasons answer together")
{
    const Judged world;
    const auto for_reasons = [&](const char* reason, const std::vector<const Identity*>& revoked) {
        return revocation_list(world.issuer, revoked,
                               {std::string("issuingDistributionPoint=critical,onlysomereasons:") + reason});
    };
    const Verdict some = world.with({world.of_root, for_reasons("keyCompromise", {})});
    CHECK(some == Judgement::signed_);
    CHECK(some.revocation != mail::cms::Revocation::checked);
    CHECK(says(some.warnings, "do not answer for all reasons"));
    CHECK(world.with({world.of_root, for_reasons("keyCompromise", {&world.alice})}) == Judgement::revoked);
    std::vector<std::string> all = {world.of_root};
    for (const char* reason : {"keyCompromise", "CACompromise", "affiliationChanged", "superseded",
                               "cessationOfOperation", "certificateHold", "privilegeWithdrawn", "AACompromise"})
        all.push_back(for_reasons(reason, {}));
    CHECK(world.with(all).revocation == mail::cms::Revocation::checked);
    all.back() = for_reasons("AACompromise", {&world.alice});
    CHECK(world.with(all) == Judgement::revoked);
}

TEST_CASE("an indirect list counts if its issuer is trusted")
{
    const Judged world;
    const auto lister = issue(world.root, {.common_name = "Lister",
                                           .extensions = {"keyUsage=critical,cRLSign", "subjectKeyIdentifier=hash"}});
    const auto list = [&](const Identity& by, const std::vector<const Identity*>& revoked) {
        return revocation_list(by, revoked, {"issuingDistributionPoint=critical,indirectCRL:TRUE"}, &world.issuer);
    };
    const auto alice = issue(world.issuer, {});
    const auto mail = world.signed_by(alice, header());
    auto trust = world.trust_with({world.of_root, list(lister, {&alice})});
    trust.certificate_files = {world.folder.write("lister.pem", to_pem(lister.certificate.get()))};
    // The certificate does not say that this list applies to it. The list is reported, without a crash.
    const Verdict unnamed = judged(mail, trust);
    CHECK(unnamed.revocation != mail::cms::Revocation::checked);
    CHECK(says(unnamed.warnings, "Lister (list1.pem)"));
}

TEST_CASE("revocation that has to be checked and cannot be is a judgement of its own")
{
    const Judged world;
    auto trust = world.trust();
    trust.require_revocation = true;
    CHECK(judged(world.signed_mail(), trust) == Judgement::revocation_unknown);
    trust = world.trust_with({world.of_issuer});
    trust.require_revocation = true;
    const Verdict missing = judged(world.signed_mail(), trust);
    CHECK(missing == Judgement::revocation_unknown);
    CHECK(says(missing.reasons, "has to be checked"));
    trust = world.trust_with({world.of_issuer, world.of_root});
    trust.require_revocation = true;
    CHECK(judged(world.signed_mail(), trust) == Judgement::signed_);
    trust = world.trust_with({revocation_list(world.issuer, {&world.alice})});
    trust.require_revocation = true;
    CHECK(judged(world.signed_mail(), trust) == Judgement::revoked);
}

TEST_CASE("an authority that demands a policy is obeyed")
{
    const World world;
    const std::string demand = "policyConstraints=critical,requireExplicitPolicy:0";
    const Verdict without = judged_under(world, {demand, kFirst}, {});
    CHECK(without == Judgement::unknown_issuer);
    CHECK(says(without.reasons, "a policy in common"));
    CHECK(judged_under(world, {demand, kFirst}, {kFirst}) == Judgement::signed_);
    CHECK(judged_under(world, {demand, kFirst}, {kSecond}) == Judgement::unknown_issuer);
    CHECK(judged_under(world, {kFirst}, {kSecond}) == Judgement::signed_);
    CHECK(judged_under(world, {demand, kAny}, {kSecond}) == Judgement::signed_);
    CHECK(judged_under(world, {demand, kFirst}, {kAny}) == Judgement::signed_);
    CHECK(judged_under(world, {demand, kFirst, "inhibitAnyPolicy=critical,0"}, {kAny}) == Judgement::unknown_issuer);
    CHECK(judged_under(world, {demand, kFirst, "policyMappings=1.2.3.4:1.2.3.5"}, {kSecond}) == Judgement::signed_);
    CHECK(judged_under(world, {"policyConstraints=critical,requireExplicitPolicy:0,inhibitPolicyMapping:0", kFirst},
                       {kSecond}) == Judgement::unknown_issuer);
    CHECK(judged_under(world, {kFirst, "policyMappings=1.2.3.4:2.5.29.32.0"}, {kFirst}) == Judgement::unknown_issuer);
    // The signer's own certificate can demand it too.
    CHECK(judged_under(world, {}, {demand, kFirst}) == Judgement::unknown_issuer);
}
