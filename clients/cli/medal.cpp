#include "clients/cli/medal.h"

#include "base/display_text.h"
#include "clients/cli/finding_text.h"
#include "clients/cli/layout.h"
#include "mail/cms/address.h"

#include <algorithm>
#include <iterator>

namespace sceau::cli {

using base::shown;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

constexpr std::size_t kIndent = 11;
constexpr std::size_t kNameColumns = 64;
constexpr std::size_t kSentenceColumns = 300;

class Medal {
  public:
    Medal(const Verdict& verdict, Moment at, const Console& console, const ShownToSigner& shown)
        : verdict_(verdict), at_(at), console_(console), shown_(shown)
    {
    }

    std::string text() const
    {
        std::string lines = headline();
        if (verdict_.judgement != Judgement::signed_)
            lines += indented(explanation());
        if (verdict_.signer() != nullptr)
            lines += indented(certificate());
        if (verdict_.judgement == Judgement::signed_)
            lines += indented(circumstances());
        if (const std::string sentence = text_of(shown_, console_); !sentence.empty())
            lines += indented(sentence);
        return lines + details();
    }

  private:
    template <class... Args>
    std::string phrase(fmt::format_string<const Args&...> english, const Args&... args) const
    {
        return console_.phrase(english, args...);
    }

    std::string headline() const;
    std::string signers() const;
    std::string words() const;
    std::string explanation() const;
    std::string certificate() const;
    std::string revocation() const;
    std::string circumstances() const;
    std::string covered() const;
    std::string details() const;
    std::string indented(const std::string& text) const { return paragraph(text, kIndent, console_.width); }

    std::string sender() const;
    std::string address_of(const mail::mime::SignerFacts& signer) const;
    std::string signer() const;
    bool is_footer() const
    {
        return verdict_.judgement == Judgement::partly_covered && verdict_.coverage.gaps.only_footer();
    }
    std::string partly_covered() const;
    std::string contents() const;
    std::string issuer() const;

    const Verdict& verdict_;
    Moment at_;
    const Console& console_;
    const ShownToSigner& shown_;
};

std::string Medal::sender() const
{
    return verdict_.from.empty() ? phrase("its sender") : shown(verdict_.from, kNameColumns);
}

// The address to show for a signer: the mail's own if the certificate has it.
std::string Medal::address_of(const mail::mime::SignerFacts& signer) const
{
    const auto own = std::ranges::find_if(
        signer.addresses, [&](const std::string& address) { return mail::cms::same_address(address, verdict_.from); });
    if (own != signer.addresses.end())
        return shown(*own, kNameColumns);
    return shown(signer.addresses.empty() ? signer.name : signer.addresses.front(), kNameColumns);
}

std::string Medal::signer() const
{
    std::vector<std::string> all;
    all.reserve(verdict_.signers.size());
    for (const mail::mime::SignerFacts& one : verdict_.signers)
        all.push_back(address_of(one));
    return all.empty() ? phrase("its signer") : enumerated(all, console_.language);
}

std::string Medal::issuer() const
{
    return verdict_.signer() != nullptr ? shown(verdict_.signer()->issuer, kNameColumns) : phrase("its issuer");
}

std::string Medal::headline() const
{
    if (verdict_.judgement == Judgement::signed_)
        return console_.painted(Colour::good, phrase("● SIGNED")) + phrase("   by {}\n", signers());
    if (verdict_.judgement == Judgement::not_signed)
        return console_.painted(Colour::caution, phrase("○ NOT SIGNED.")) +
               phrase(" Anyone could have written this mail.\n");
    if (verdict_.judgement == Judgement::encrypted)
        return console_.painted(Colour::caution, phrase("○ ENCRYPTED.")) +
               phrase(" What is inside cannot be judged here.\n");
    if (verdict_.judgement == Judgement::signed_by_sender)
        return console_.painted(Colour::caution, phrase("○ SIGNED BY ANOTHER.")) +
               phrase(" {} did not sign this mail.\n", sender());
    if (is_footer())
        return console_.painted(Colour::caution, "○ " + words()) + "\n";
    if (verdict_.judgement == Judgement::cannot_be_checked)
        return console_.painted(Colour::caution, phrase("○ CANNOT BE CHECKED HERE.")) +
               phrase(" Its signature may be good, or not.\n");
    if (verdict_.judgement == Judgement::too_weak)
        return console_.painted(Colour::caution, phrase("○ SIGNED TOO WEAKLY.")) +
               phrase(" The signature is correct, but proves nothing today.\n");
    if (verdict_.judgement == Judgement::revocation_unknown)
        return console_.painted(Colour::caution, phrase("○ REVOCATION NOT CHECKED.")) +
               phrase(" Everything else about the signature holds.\n");
    return console_.painted(Colour::bad, "✖ " + words()) + phrase(" Do not act on this mail.\n");
}

std::string Medal::signers() const
{
    if (verdict_.signers.empty())
        return phrase("its signer");
    // If there are several signers, all signatures hold and the mail is from one signer, or from none; the details say
    // which.
    std::vector<std::string> names;
    std::ranges::transform(verdict_.signers, std::back_inserter(names), [&](const mail::mime::SignerFacts& signer) {
        return phrase("{}, \"{}\"", address_of(signer), shown(signer.name, kNameColumns));
    });
    std::string all = enumerated(names, console_.language);
    if (verdict_.on_behalf_of.empty())
        return all;
    return all + phrase(", on behalf of {}", shown(verdict_.on_behalf_of, kNameColumns));
}

std::string Medal::words() const
{
    switch (verdict_.judgement) {
    case Judgement::malformed:
        return phrase("DAMAGED: IT CAN BE READ IN SEVERAL WAYS.");
    case Judgement::changed:
        return phrase("CHANGED AFTER SIGNING.");
    case Judgement::not_from_signer:
        return phrase("NOT SIGNED BY ITS SENDER.");
    case Judgement::revoked:
        return phrase("CERTIFICATE REVOKED.");
    case Judgement::unknown_issuer:
        return phrase("UNKNOWN ISSUER.");
    case Judgement::not_valid_then:
        if (verdict_.signer() != nullptr && at_ > verdict_.signer()->not_after)
            return phrase("CERTIFICATE EXPIRED.");
        if (verdict_.signer() != nullptr && at_ < verdict_.signer()->not_before)
            return phrase("CERTIFICATE NOT VALID YET.");
        return phrase("CERTIFICATE NOT VALID.");
    case Judgement::wrong_purpose:
        return phrase("NOT A CERTIFICATE FOR MAIL.");
    case Judgement::partly_covered:
        return verdict_.coverage.gaps.only_header() ? phrase("ITS HEADER WAS CHANGED.")
                                                    : phrase("ONLY A PART IS SIGNED.");
    case Judgement::encrypted:
    case Judgement::signed_by_sender:
    case Judgement::not_signed:
    case Judgement::cannot_be_checked:
    case Judgement::too_weak:
    case Judgement::revocation_unknown:
    case Judgement::signed_:
        break;
    }
    return {};
}

std::string Medal::explanation() const
{
    switch (verdict_.judgement) {
    case Judgement::malformed:
        return phrase("Another program may show you something other than what was checked. Ask {} to send it again.",
                      sender());
    case Judgement::not_signed:
        return phrase("If {} usually signs, check with the sender in another way.", sender());
    case Judgement::changed:
        return phrase("The text is not what {} signed. Check with the sender in another way.", signer());
    case Judgement::too_weak:
        return phrase("{} may have signed it when that still counted; today others can make such a signature too. "
                      "Check with {} in another way.",
                      signer(), sender());
    case Judgement::cannot_be_checked:
        if (verdict_.limit)
            return phrase("It goes beyond what is read here: {}. Nothing says that the mail was changed, nor that it "
                          "was not. Check with {} in another way.",
                          clause_of(mail::over(*verdict_.limit).message, console_), sender());
        return phrase("There is a signature, but not everything needed to check it is known here. Nothing says that "
                      "the mail was changed, nor that it was not. Check with {} in another way.",
                      sender());
    case Judgement::revocation_unknown:
        return phrase("It could not be found out whether a certificate that it rests on was withdrawn. Name the lists "
                      "of all its issuers with --crl.");
    case Judgement::not_from_signer:
        return phrase("It says that it is from {}, but {} signed it. Check with the sender in another way.", sender(),
                      signer());
    case Judgement::revoked:
        return phrase(
            "{} has withdrawn a certificate that this signature rests on: the key of {} may be in other hands.",
            issuer(), signer());
    case Judgement::unknown_issuer:
        return phrase("Nobody that this computer trusts vouches for {}. If you have the issuer's certificate from a "
                      "source that you trust, name it with --ca.",
                      signer());
    case Judgement::not_valid_then:
        return phrase(
            "A certificate counts only between its dates. To judge the mail as of the day it came, use --at.");
    case Judgement::wrong_purpose:
        return phrase("{} gave {} this certificate for something other than signing mail.", issuer(), signer());
    case Judgement::encrypted:
        return phrase(
            "Only someone who can decrypt it can see whether it is signed. Until then, anyone could have written it.");
    case Judgement::signed_by_sender:
        return phrase("{} sent and signed it, and says that it is on behalf of {}. Check with {} in another way.",
                      signer(), sender(), sender());
    case Judgement::partly_covered:
        return partly_covered();
    case Judgement::signed_:
        break;
    }
    return {};
}

std::string Medal::partly_covered() const
{
    const mail::mime::Gaps& gaps = verdict_.coverage.gaps;
    if (gaps.only_header())
        return phrase(
            "{} signed the text, but with a header other than the one that a mail program may show you: see below.",
            signer());
    if (is_footer())
        return phrase(
            "{} signed {}. The text after it is from somebody else, such as a mailing list, and is not signed.",
            signer(), contents());
    if (gaps.beside)
        return phrase("{} signed {}, and nothing else of what a mail program may show you.", signer(), contents());
    return phrase("{} signed only a part of what a mail program may show you.", signer());
}

std::string Medal::revocation() const
{
    if (verdict_.revocation == mail::cms::Revocation::checked)
        return phrase("not revoked");
    if (verdict_.revocation == mail::cms::Revocation::unknown)
        return phrase("whether it is revoked could not be checked");
    return phrase("revocation not checked (--crl)");
}

std::string Medal::certificate() const
{
    const mail::mime::SignerFacts& facts = *verdict_.signer();
    const std::string until = shown_date(facts.not_after, console_.language);
    if (verdict_.judgement == Judgement::signed_)
        return phrase("nothing changed since · issuer {}, certificate until {} · {}", issuer(), until, revocation());
    return phrase("The certificate says: \"{}\", issued by {}, valid from {} to {}.", shown(facts.name, kNameColumns),
                  issuer(), shown_date(facts.not_before, console_.language), until);
}

std::string Medal::circumstances() const
{
    if (verdict_.signer() == nullptr || !verdict_.signer()->claimed_time)
        return covered();
    return phrase("signed {} as it claims · {}", shown_time(*verdict_.signer()->claimed_time, console_.language),
                  covered());
}

std::string Medal::contents() const
{
    const mail::mime::Coverage& coverage = verdict_.coverage;
    std::vector<std::string> items;
    items.reserve(coverage.headers.size() + 2); // one each for the text and the attachments
    for (const std::string& name : coverage.headers)
        items.push_back(shown(name, kNameColumns));
    if (coverage.text)
        items.push_back(phrase("the text"));
    if (coverage.attachments > 0)
        items.push_back(console_.counted(coverage.attachments, "{} attachment", "{} attachments"));
    return items.empty() ? phrase("a part of it") : enumerated(items, console_.language);
}

std::string Medal::covered() const
{
    return verdict_.coverage.headers.empty() ? phrase("covers {}, but not the header", contents())
                                             : phrase("covers {}", contents());
}

// What led to the verdict, for anyone who is asked why.
std::string Medal::details() const
{
    std::string lines;
    for (const auto* findings : {&verdict_.reasons, &verdict_.coverage.not_covered, &verdict_.warnings})
        for (const mail::Finding& finding : *findings)
            lines += indented("- " + shown(text_of(finding, console_), kSentenceColumns));
    return lines.empty() ? lines : indented(phrase("In detail:")) + lines;
}

} // namespace

std::string medal(const Verdict& verdict, Moment at, const Console& console, const ShownToSigner& shown)
{
    return Medal(verdict, at, console, shown).text();
}

} // namespace sceau::cli
