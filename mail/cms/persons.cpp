#include "mail/cms/persons.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sceau::mail::cms {

namespace {

/// One SignerInfo, and its signer as far as that can be told.
struct Signed {
    CheckedSigner checked;
    std::optional<CertificateFacts> holder;
};

bool share_address(const CertificateFacts& one, const CertificateFacts& other)
{
    return std::ranges::any_of(one.addresses, [&](const std::string& address) {
        return std::ranges::any_of(other.addresses, [&](const std::string& own) { return same_address(address, own); });
    });
}

/// Without certificates, signers are compared by the identifiers in their signatures.
bool name_the_same(CMS_SignerInfo* one, CMS_SignerInfo* other)
{
    ASN1_OCTET_STRING* key = nullptr;
    X509_NAME* issuer = nullptr;
    ASN1_INTEGER* number = nullptr;
    ASN1_OCTET_STRING* other_key = nullptr;
    X509_NAME* other_issuer = nullptr;
    ASN1_INTEGER* other_number = nullptr;
    if (CMS_SignerInfo_get0_signer_id(one, &key, &issuer, &number) != 1 ||
        CMS_SignerInfo_get0_signer_id(other, &other_key, &other_issuer, &other_number) != 1)
        return false;
    if (key != nullptr && other_key != nullptr)
        return ASN1_OCTET_STRING_cmp(key, other_key) == 0;
    return issuer != nullptr && other_issuer != nullptr && X509_NAME_cmp(issuer, other_issuer) == 0 &&
           ASN1_INTEGER_cmp(number, other_number) == 0;
}

bool are_one_person(const Signed& one, const Signed& other)
{
    if (!one.holder || !other.holder)
        return name_the_same(one.checked.signer, other.checked.signer);
    return one.holder->key == other.holder->key || share_address(*one.holder, *other.holder) ||
           (one.holder->subject == other.holder->subject && one.holder->issuer == other.holder->issuer);
}

/// Returns zero for a good signature, and more the worse it is. Of equally bad ones, the one with more findings counts
/// as better, because it says more.
std::pair<int, std::ptrdiff_t> badness(const SignerReport& report)
{
    constexpr int kWorst = 100;
    int worst = 0;
    for (const Flaw& flaw : report.flaws)
        worst = std::max(worst, kWorst - static_cast<int>(flaw.fault));
    return {worst, -std::ssize(report.flaws)};
}

/// If two programs may read a signature differently, that stays true whichever signature is good.
void keep_what_is_unreadable(const SignerReport& of, SignerReport& in)
{
    for (const Flaw& flaw : of.flaws) {
        if (flaw.fault == Fault::unreadable)
            in.flaws.push_back(flaw);
    }
}

SignerReport best_of(std::vector<Signed>& person)
{
    const auto best =
        std::ranges::min_element(person, {}, [](const Signed& one) { return badness(one.checked.report); });
    SignerReport report = std::move(best->checked.report);
    for (auto other = person.begin(); other != person.end(); ++other) {
        if (other == best)
            continue;
        const SignerReport& aside = other->checked.report;
        keep_what_is_unreadable(aside, report);
        if (aside.flaws.empty())
            report.warnings.push_back({.what = Found::signed_twice});
        for (const Flaw& flaw : aside.flaws)
            report.warnings.emplace_back(flaw.finding).of_other_signature = true;
    }
    return report;
}

} // namespace

std::vector<SignerReport> one_for_each_person(std::vector<CheckedSigner> signers)
{
    std::vector<std::vector<Signed>> persons;
    for (CheckedSigner& checked : signers) {
        std::optional<CertificateFacts> holder;
        if (checked.certificate != nullptr) {
            if (auto facts = read_certificate(to_der(checked.certificate)))
                holder = *std::move(facts);
        }
        Signed one{.checked = std::move(checked), .holder = std::move(holder)};
        const auto person = std::ranges::find_if(persons, [&](const std::vector<Signed>& known) {
            return std::ranges::any_of(known, [&](const Signed& other) { return are_one_person(one, other); });
        });
        if (person != persons.end())
            person->push_back(std::move(one));
        else
            persons.emplace_back().push_back(std::move(one));
    }
    std::vector<SignerReport> reports;
    reports.reserve(persons.size());
    for (std::vector<Signed>& person : persons)
        reports.push_back(best_of(person));
    return reports;
}

} // namespace sceau::mail::cms
