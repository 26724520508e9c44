#include "clients/cli/json.h"
#include "clients/cli/medal.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>

using namespace sceau;
using namespace sceau::cli;
using base::Language;
using mail::Judgement;
using mail::Verdict;

namespace {

const Moment kAt = *parse_moment("2026-12-01T00:00:00Z");

Verdict verdict(Judgement judgement)
{
    ::setenv("TZ", "UTC", 1);
    Verdict verdict;
    verdict.judgement = judgement;
    verdict.from = "direction@example.org";
    verdict.signer = mail::SignerFacts{.name = "Direction Example",
                                       .addresses = {"direction@example.org"},
                                       .issuer = "Example CA",
                                       .not_before = *parse_moment("2026-03-01"),
                                       .not_after = *parse_moment("2027-03-01"),
                                       .claimed_time = parse_moment("2026-11-24T10:12:00Z"),
                                       .algorithm = "rsa 2048, sha256",
                                       .key = std::string(64, 'a')};
    verdict.coverage = {.headers = {"From", "To", "Subject"}, .text = true, .attachments = 1, .not_covered = {}};
    return verdict;
}

Verdict with_reason(Verdict verdict, const std::string& reason)
{
    verdict.reasons = {reason};
    return verdict;
}

std::string english(const Verdict& verdict)
{
    return medal(verdict, kAt, {.language = Language::english});
}

std::string french(const Verdict& verdict)
{
    return medal(verdict, kAt, {.language = Language::french});
}

} // namespace

TEST_CASE("GEN")
{
    for (int i = 0; i < 10; ++i) {
        Verdict v = with_reason(verdict(static_cast<Judgement>(i)), "A reason in one sentence.");
        if (v.judgement == Judgement::signed_) v.reasons.clear();
        if (v.judgement == Judgement::not_signed) v.signer.reset(), v.reasons.clear();
        if (v.judgement == Judgement::partly_covered) v.coverage.not_covered = {"a text after the signed part"}, v.reasons.clear();
        if (v.judgement == Judgement::not_from_signer) v.from = "boss@bank.example";
        if (v.judgement == Judgement::not_valid_then) v.signer->not_after = *parse_moment("2026-06-01");
        printf("%s\n%s\n", english(v).c_str(), french(v).c_str());
    }
}
