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
    Medal(const Verdict& verdict, Moment at, const Console& console) : verdict_(verdict), at_(at), console_(console) {}

    std::string text() const
    {
        std::string lines = headline();
        if (verdict_.judgement != Judgement::signed_)
            lines += indented(explanation());
        if (verdict_.signer() != nullptr)
            lines += indented(certificate());
        if (verdict_.judgement == Judgement::signed_)
            lines += indented(circumstances());
        return lines + details();
    }

  private:
    template <class... Args>
    std::string say(std::string_view english, std::string_view french, const Args&... args) const
    {
        return console_.say(english, french, args...);
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
};

std::string Medal::sender() const
{
    return verdict_.from.empty() ? say("its sender", "son expéditeur") : shown(verdict_.from, kNameColumns);
}

// The address that speaks for a signer: of the certificate's the mail's own, where it has that.
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
    return all.empty() ? say("its signer", "son signataire") : enumerated(all, console_.language);
}

std::string Medal::issuer() const
{
    return verdict_.signer() != nullptr ? shown(verdict_.signer()->issuer, kNameColumns)
                                        : say("its issuer", "son émetteur");
}

std::string Medal::headline() const
{
    if (verdict_.judgement == Judgement::signed_)
        return console_.painted(Colour::good, say("● SIGNED", "● SIGNÉ")) +
               say("   by {}\n", "    par {}\n", signers());
    if (verdict_.judgement == Judgement::not_signed)
        return console_.painted(Colour::caution, say("○ NOT SIGNED.", "○ NON SIGNÉ.")) +
               say(" Anyone can have written this mail.\n", " N'importe qui peut avoir écrit ce courriel.\n");
    if (verdict_.judgement == Judgement::encrypted)
        return console_.painted(Colour::caution, say("○ ENCRYPTED.", "○ CHIFFRÉ.")) +
               say(" What is inside cannot be judged here.\n", " Son contenu ne peut pas être jugé ici.\n");
    if (verdict_.judgement == Judgement::signed_by_sender)
        return console_.painted(Colour::caution, say("○ SIGNED BY ANOTHER.", "○ SIGNÉ PAR UN AUTRE.")) +
               say(" {} did not sign this mail.\n", " {} n'a pas signé ce courriel.\n", sender());
    if (is_footer())
        return console_.painted(Colour::caution, "○ " + words()) + "\n";
    if (verdict_.judgement == Judgement::cannot_be_checked)
        return console_.painted(Colour::caution, say("○ CANNOT BE CHECKED HERE.", "○ INVÉRIFIABLE ICI.")) +
               say(" It may be signed rightly, or not.\n", " Il est peut-être bien signé, ou non.\n");
    if (verdict_.judgement == Judgement::too_weak)
        return console_.painted(Colour::caution, say("○ SIGNED TOO WEAKLY.", "○ SIGNATURE TROP FAIBLE.")) +
               say(" The signature is right, and proves nothing today.\n",
                   " La signature est bonne, mais ne prouve plus rien aujourd'hui.\n");
    if (verdict_.judgement == Judgement::revocation_unknown)
        return console_.painted(Colour::caution, say("○ REVOCATION NOT CHECKED.", "○ RÉVOCATION NON VÉRIFIÉE.")) +
               say(" All else about the signature holds.\n", " Tout le reste de la signature est bon.\n");
    return console_.painted(Colour::bad, "✖ " + words()) +
           say(" Do not act on this mail.\n", " Ne vous fiez pas à ce courriel.\n");
}

std::string Medal::signers() const
{
    if (verdict_.signers.empty())
        return say("its signer", "son signataire");
    // Of several signers all hold, and the mail is from one of them; or from none, which the details tell.
    std::vector<std::string> names;
    std::ranges::transform(verdict_.signers, std::back_inserter(names), [&](const mail::mime::SignerFacts& signer) {
        return say("{}, \"{}\"", "{}, « {} »", address_of(signer), shown(signer.name, kNameColumns));
    });
    std::string all = enumerated(names, console_.language);
    if (verdict_.on_behalf_of.empty())
        return all;
    return all + say(", on behalf of {}", ", au nom de {}", shown(verdict_.on_behalf_of, kNameColumns));
}

std::string Medal::words() const
{
    switch (verdict_.judgement) {
    case Judgement::malformed:
        return say("DAMAGED: IT CAN BE READ IN SEVERAL WAYS.", "ENDOMMAGÉ : IL SE LIT DE PLUSIEURS FAÇONS.");
    case Judgement::changed:
        return say("CHANGED AFTER SIGNING.", "MODIFIÉ APRÈS SIGNATURE.");
    case Judgement::not_from_signer:
        return say("NOT FROM WHOM IT SAYS.", "SON EXPÉDITEUR NE L'A PAS SIGNÉ.");
    case Judgement::revoked:
        return say("CERTIFICATE REVOKED.", "CERTIFICAT RÉVOQUÉ.");
    case Judgement::unknown_issuer:
        return say("UNKNOWN ISSUER.", "ÉMETTEUR INCONNU.");
    case Judgement::not_valid_then:
        if (verdict_.signer() != nullptr && at_ > verdict_.signer()->not_after)
            return say("CERTIFICATE EXPIRED.", "CERTIFICAT EXPIRÉ.");
        if (verdict_.signer() != nullptr && at_ < verdict_.signer()->not_before)
            return say("CERTIFICATE NOT VALID YET.", "CERTIFICAT PAS ENCORE VALABLE.");
        return say("CERTIFICATE NOT VALID.", "CERTIFICAT NON VALABLE.");
    case Judgement::wrong_purpose:
        return say("NOT A CERTIFICATE FOR MAIL.", "CE CERTIFICAT N'EST PAS POUR LE COURRIEL.");
    case Judgement::partly_covered:
        return verdict_.coverage.gaps.only_header() ? say("ITS HEADER WAS CHANGED.", "SON EN-TÊTE A ÉTÉ CHANGÉ.")
                                                    : say("ONLY A PART IS SIGNED.", "SEULE UNE PARTIE EST SIGNÉE.");
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
        return say("Another program may show you something else than what was checked. Ask {} to send it again.",
                   "Un autre programme peut vous montrer autre chose que ce qui a été vérifié. Demandez à {} de le "
                   "renvoyer.",
                   sender());
    case Judgement::not_signed:
        return say("If {} usually signs, ask by another way.",
                   "Si {} signe d'habitude, vérifiez auprès de l'expéditeur par un autre moyen.", sender());
    case Judgement::changed:
        return say("The text is not what {} signed. Ask the sender by another way.",
                   "Le texte n'est pas celui que {} a signé. Vérifiez auprès de l'expéditeur par un autre moyen.",
                   signer());
    case Judgement::too_weak:
        return say("{} may have signed it when that still counted; today others can make such a signature too. Ask {} "
                   "by another way.",
                   "{} l'a peut-être signé quand cela comptait encore ; aujourd'hui, d'autres peuvent faire une telle "
                   "signature. Vérifiez auprès de {} par un autre moyen.",
                   signer(), sender());
    case Judgement::cannot_be_checked:
        if (verdict_.limit)
            return say("It is more than is read here: {}. Nothing says that the mail was changed, and nothing that it "
                       "was not. Ask {} by another way.",
                       "Il dépasse ce qui est lu ici : {}. Rien ne dit que le courriel a été modifié, ni qu'il ne l'a "
                       "pas été. Vérifiez auprès de {} par un autre moyen.",
                       clause_of(mail::over(*verdict_.limit).message, console_), sender());
        return say("There is a signature, and not all that it takes to check it is known here. Nothing says that the "
                   "mail was changed, and nothing that it was not. Ask {} by another way.",
                   "Il y a une signature, mais il manque ici de quoi la vérifier. Rien ne dit que le courriel a été "
                   "modifié, ni qu'il ne l'a pas été. Vérifiez auprès de {} par un autre moyen.",
                   sender());
    case Judgement::revocation_unknown:
        return say("Whether a certificate that it rests on was withdrawn could not be found out. Name the lists of all "
                   "its issuers with --crl.",
                   "On n'a pu savoir si un certificat sur lequel elle repose a été retiré. Indiquez les listes de tous "
                   "ses émetteurs avec --crl.");
    case Judgement::not_from_signer:
        return say("It says that it is from {}, but {} signed it. Ask the sender by another way.",
                   "Il se dit de {}, mais c'est {} qui l'a signé. Vérifiez auprès de l'expéditeur par un autre moyen.",
                   sender(), signer());
    case Judgement::revoked:
        return say("{} has withdrawn a certificate that this signature rests on: the key of {} may be in other hands.",
                   "{} a retiré un certificat sur lequel repose cette signature : la clé de {} est peut-être en "
                   "d'autres mains.",
                   issuer(), signer());
    case Judgement::unknown_issuer:
        return say("Nobody that this computer trusts vouches for {}. If you have the issuer's certificate from a "
                   "source that you trust, name it with --ca.",
                   "Personne à qui cet ordinateur fait confiance ne répond de {}. Si vous tenez le certificat de "
                   "l'émetteur d'une source sûre, indiquez-le avec --ca.",
                   signer());
    case Judgement::not_valid_then:
        return say("A certificate counts only between its dates. To judge the mail as of the day it came, use --at.",
                   "Un certificat ne vaut qu'entre ses dates. Pour juger le courriel au jour de son arrivée, utilisez "
                   "--at.");
    case Judgement::wrong_purpose:
        return say("{} gave {} this certificate for something else than signing mail.",
                   "{} a remis ce certificat à {} pour autre chose que signer du courriel.", issuer(), signer());
    case Judgement::encrypted:
        return say("Only who can decrypt it can see whether it is signed. Until then anyone can have written it.",
                   "Seul qui peut le déchiffrer verra s'il est signé. D'ici là, n'importe qui peut l'avoir écrit.");
    case Judgement::signed_by_sender:
        return say("{} sent and signed it, and says that it is on behalf of {}. Ask {} by another way.",
                   "{} l'a envoyé et signé, et se dit agir au nom de {}. Vérifiez auprès de {} par un autre moyen.",
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
        return say(
            "{} signed the text, and another header than a mail program may show you: see below.",
            "{} a signé le texte, mais un autre en-tête que celui qu'un programme de courriel peut vous montrer : "
            "voir ci-dessous.",
            signer());
    if (is_footer())
        return say("{} signed {}. The text after it is from somebody else, such as a mailing list, and is not signed.",
                   "{} a signé {}. Le texte qui suit est d'un autre, d'une liste de diffusion par exemple, et n'est "
                   "pas signé.",
                   signer(), contents());
    if (gaps.beside)
        return say("{} signed {}, and nothing else of what a mail program may show you.",
                   "{} a signé {}, et rien d'autre de ce qu'un programme de courriel peut vous montrer.", signer(),
                   contents());
    return say("{} signed only a part of what a mail program may show you.",
               "{} n'a signé qu'une partie de ce qu'un programme de courriel peut vous montrer.", signer());
}

std::string Medal::revocation() const
{
    if (verdict_.revocation == mail::cms::Revocation::checked)
        return say("not revoked", "non révoqué");
    if (verdict_.revocation == mail::cms::Revocation::unknown)
        return say("whether it is revoked could not be checked", "on n'a pu vérifier s'il est révoqué");
    return say("revocation not checked (--crl)", "révocation non vérifiée (--crl)");
}

std::string Medal::certificate() const
{
    const mail::mime::SignerFacts& facts = *verdict_.signer();
    const std::string until = shown_date(facts.not_after, console_.language);
    if (verdict_.judgement == Judgement::signed_)
        return say("nothing changed since · issuer {}, certificate until {} · {}",
                   "rien n'a changé depuis · émetteur {}, certificat jusqu'au {} · {}", issuer(), until, revocation());
    return say("The certificate says: \"{}\", issued by {}, valid from {} to {}.",
               "Le certificat dit : « {} », émis par {}, valable du {} au {}.", shown(facts.name, kNameColumns),
               issuer(), shown_date(facts.not_before, console_.language), until);
}

std::string Medal::circumstances() const
{
    if (verdict_.signer() == nullptr || !verdict_.signer()->claimed_time)
        return covered();
    return say("signed {} as it claims · {}", "signé le {} à ce qu'il dit · {}",
               shown_time(*verdict_.signer()->claimed_time, console_.language), covered());
}

std::string Medal::contents() const
{
    const mail::mime::Coverage& coverage = verdict_.coverage;
    std::vector<std::string> items;
    items.reserve(coverage.headers.size() + 2); // and the text and the attachments
    for (const std::string& name : coverage.headers)
        items.push_back(shown(name, kNameColumns));
    if (coverage.text)
        items.push_back(say("the text", "le texte"));
    if (coverage.attachments == 1)
        items.push_back(say("1 attachment", "1 pièce jointe"));
    if (coverage.attachments > 1)
        items.push_back(say("{} attachments", "{} pièces jointes", coverage.attachments));
    return items.empty() ? say("a part of it", "une partie de ce courriel") : enumerated(items, console_.language);
}

std::string Medal::covered() const
{
    return verdict_.coverage.headers.empty()
               ? say("covers {}, but not the header", "couvre {}, mais pas l'en-tête", contents())
               : say("covers {}", "couvre {}", contents());
}

// What led to the verdict: for whoever is asked why.
std::string Medal::details() const
{
    std::string lines;
    for (const auto* findings : {&verdict_.reasons, &verdict_.coverage.not_covered, &verdict_.warnings})
        for (const mail::Finding& finding : *findings)
            lines += indented("- " + shown(text_of(finding, console_), kSentenceColumns));
    return lines.empty() ? lines : indented(say("In detail:", "En détail :")) + lines;
}

} // namespace

std::string medal(const Verdict& verdict, Moment at, const Console& console)
{
    return Medal(verdict, at, console).text();
}

} // namespace sceau::cli
