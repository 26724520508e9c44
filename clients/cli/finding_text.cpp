#include "clients/cli/finding_text.h"

#include "clients/cli/layout.h"
#include "clients/words/reason.h"

namespace sceau::cli {

using mail::Finding;
using mail::Found;

namespace {

/// Each group of kinds has a function, which says nothing of the others.
class FindingText {
  public:
    FindingText(const Finding& finding, const Console& console) : finding_(finding), console_(console) {}

    std::string sentence() const
    {
        for (const auto group : {&FindingText::structure, &FindingText::content, &FindingText::origin,
                                 &FindingText::coverage, &FindingText::signature, &FindingText::algorithms,
                                 &FindingText::authorities, &FindingText::trust, &FindingText::revocation})
            if (std::string text = (this->*group)(); !text.empty())
                return text;
        return {};
    }

  private:
    template <class... Args>
    std::string say(std::string_view english, std::string_view french, const Args&... args) const
    {
        return console_.say(english, french, args...);
    }

    std::string structure() const;
    std::string content() const;
    std::string origin() const;
    std::string coverage() const;
    std::string signature() const;
    std::string algorithms() const;
    std::string authorities() const;
    std::string trust() const;
    std::string revocation() const;

    std::string reason() const { return clause_of(finding_.reason, console_); }
    std::string names() const { return enumerated(finding_.names, console_.language); }

    std::string holder() const { return finding_.name.empty() ? say("the signer", "ce signataire") : finding_.name; }

    std::string date() const
    {
        return finding_.date ? shown_date(*finding_.date, console_.language)
                             : say("a date that cannot be read", "(date illisible)");
    }

    std::string algorithm() const
    {
        if (finding_.algorithm.empty())
            return say("an unknown algorithm", "un algorithme inconnu");
        const bool has_name = finding_.algorithm.find_first_not_of("0123456789.") != std::string::npos;
        return has_name ? finding_.algorithm : say("the algorithm {}", "l'algorithme {}", finding_.algorithm);
    }

    std::string list() const
    {
        return finding_.file.empty() ? say("a revocation list of the system's", "une liste de révocation du système")
                                     : say("the revocation list of {} ({})", "la liste de révocation de {} ({})",
                                           finding_.issuer, finding_.file);
    }

    const Finding& finding_;
    const Console& console_;
};

std::string FindingText::structure() const
{
    switch (finding_.what) {
    case Found::ambiguous:
        return say("The mail can be read in more than one way: {}.",
                   "Le courriel peut se lire de plusieurs façons : {}.", reason());
    case Found::written_oddly:
        return say("The mail is written oddly: {}.", "Le courriel est écrit de façon inhabituelle : {}.", reason());
    case Found::cannot_be_taken_apart:
        return say("The mail cannot be taken apart: {}.", "Le courriel ne peut être décomposé : {}.", reason());
    case Found::over_limit:
        return say("It goes over a limit of this check: {}.", "Il dépasse une limite de cette vérification : {}.",
                   reason());
    case Found::signed_multipart_parts:
        return say("A signed multipart has {} parts, where one is signed and one the signature.",
                   "Un multipart signé a {} parties, au lieu d'une partie signée et d'une signature.", finding_.count);
    case Found::second_part_no_smime:
        return say("The second part of a signed multipart is not an S/MIME signature.",
                   "La deuxième partie d'un multipart signé n'est pas une signature S/MIME.");
    case Found::no_signature:
        return say("It carries no S/MIME signature.", "Il ne porte pas de signature S/MIME.");
    case Found::other_signature:
        return say("It carries another kind of signature than S/MIME, which is not checked here.",
                   "Il porte une signature d'un autre genre que S/MIME, qui n'est pas vérifiée ici.");
    case Found::only_certificates:
        return say("It carries certificates, and no signature.", "Il porte des certificats, mais pas de signature.");
    case Found::other_smime:
        return say("It is of another kind of S/MIME than signed.", "C'est du S/MIME, mais d'un autre genre que signé.");
    case Found::encrypted:
        return say("It is encrypted: what is inside cannot be judged here.",
                   "Il est chiffré : son contenu ne peut pas être jugé ici.");
    case Found::part_encrypted:
        return say("A part of it is encrypted, and cannot be judged here.",
                   "Une de ses parties est chiffrée et ne peut pas être jugée ici.");
    case Found::attached_mail_signed:
        return say("A mail that is attached is signed, which says nothing of this one.",
                   "Un courriel joint est signé, ce qui ne dit rien de celui-ci.");
    default:
        return {};
    }
}

std::string FindingText::content() const
{
    switch (finding_.what) {
    case Found::says_encrypted:
        return say("The mail says of itself that it is encrypted, and it is not.",
                   "Le courriel se dit chiffré et ne l'est pas.");
    case Found::meant_to_be_encrypted:
        return say("The signer meant the mail to be encrypted, and it is not.",
                   "Le signataire voulait un courriel chiffré, et il ne l'est pas.");
    case Found::signed_over_encrypted:
        return say("What is signed is encrypted: its signer may not have seen the content, nor have written it.",
                   "Ce qui est signé est chiffré : le signataire n'en a peut-être ni vu ni écrit le contenu.");
    case Found::smime_part_unjudged:
        return say("The S/MIME part cannot be judged: {}.", "La partie S/MIME ne peut être jugée : {}.", reason());
    case Found::smime_part_unreadable:
        return say("The S/MIME part cannot be read: {}.", "La partie S/MIME est illisible : {}.", reason());
    case Found::content_missing:
        return say("The signed data holds no content.", "Les données signées sont sans contenu.");
    case Found::content_of_its_own:
        return say("The signature holds a content of its own, beside the mail's.",
                   "La signature renferme un contenu à elle, à côté de celui du courriel.");
    case Found::content_not_taken_apart:
        return say("The signed content cannot be taken apart: {}.", "Le contenu signé ne peut être décomposé : {}.",
                   reason());
    case Found::content_begins_oddly:
        return say("The signed content begins with a line that is not a header field.",
                   "Le contenu signé commence par une ligne qui n'est pas un champ d'en-tête.");
    case Found::content_ambiguous:
        return say("The signed content can be read in more than one way: {}.",
                   "Le contenu signé peut se lire de plusieurs façons : {}.", reason());
    case Found::bytes_behind_signature:
        return say("Something stands behind the signature's CMS structure, such as what a gateway appends; no part of "
                   "the mail.",
                   "Quelque chose suit la structure CMS de la signature, comme en ajoute une passerelle ; ce n'est pas "
                   "une partie du courriel.");
    case Found::micalg_names_another:
        return say("The parameter micalg names another hash than the signature.",
                   "Le paramètre micalg indique une autre fonction de hachage que la signature.");
    case Found::several_signatures:
        return say("The mail has {} signatures.", "Le courriel porte {} signatures.", finding_.count);
    default:
        return {};
    }
}

std::string FindingText::origin() const
{
    switch (finding_.what) {
    case Found::several_fields:
        return say("The mail has several fields {}.", "Le courriel a plusieurs champs {}.", finding_.field);
    case Found::addresses_unclear:
        return say("The addresses in {} can be read in more than one way.",
                   "Les adresses du champ {} peuvent se lire de plusieurs façons.", finding_.field);
    case Found::several_senders:
        return say("The field Sender has more than one mailbox.", "Le champ Sender a plus d'une adresse.");
    case Found::hidden_characters:
        return say("{} holds characters that hide or steer the display.",
                   "Le champ {} contient des caractères invisibles ou qui changent l'affichage.", finding_.field);
    case Found::like_an_address:
        return say("A name in {} looks like an address, and is not the one.",
                   "Un nom du champ {} ressemble à une adresse, et ce n'est pas la bonne.", finding_.field);
    case Found::like_another_domain:
        return say(
            "The domain of {} is written {} on the wire: similar letters may be meant to mislead.",
            "Le domaine de {} s'écrit {} sur le réseau : des lettres ressemblantes cherchent peut-être à tromper.",
            finding_.value, finding_.other);
    case Found::no_from:
        return say("The mail does not say who it is from.", "Le courriel ne dit pas de qui il vient.");
    case Found::from_another:
        return say("It is from {}, and the signer's certificate is not.",
                   "Il se dit de {}, or le certificat du signataire est pour une autre adresse.", finding_.value);
    case Found::sent_for_another:
        return say("Not signed by {}, but by {} on their behalf.", "Signé non par {}, mais par {} en son nom.",
                   finding_.value, finding_.other);
    case Found::date_far_from_signing:
        return say("The mail's Date is more than an hour away from the time of signing.",
                   "La date du courriel (Date) est à plus d'une heure du moment de la signature.");
    case Found::text_after_signed_part:
        return say("Text stands after the signed part, which mail programs should not show.",
                   "Du texte suit la partie signée ; les programmes de courriel ne devraient pas le montrer.");
    default:
        return {};
    }
}

std::string FindingText::coverage() const
{
    switch (finding_.what) {
    case Found::header_outside_changed:
        return say("The header outside of the signed part was changed or added to.",
                   "L'en-tête à l'extérieur de la partie signée a été modifié ou complété.");
    case Found::not_all_signed:
        return say("Not all that may be shown with the mail is signed.",
                   "Tout ce qui peut être montré avec le courriel n'est pas signé.");
    case Found::header_not_signed:
        return say("The header is not signed: {}.", "L'en-tête n'est pas signé : {}.", names());
    case Found::field_added:
        return say("{} outside of the signed part is not signed: \"{}\".",
                   "Le champ {} à l'extérieur de la partie signée n'est pas signé : « {} ».", finding_.field,
                   finding_.value);
    case Found::field_replaced:
        return say("{} outside of the signed part is not the one that was signed: \"{}\" in place of \"{}\".",
                   "Le champ {} à l'extérieur de la partie signée n'est pas celui qui a été signé : « {} » au lieu de "
                   "« {} ».",
                   finding_.field, finding_.value, finding_.other);
    case Found::not_the_whole_mail:
        return say("The signed part is not the whole mail.", "La partie signée n'est pas tout le courriel.");
    case Found::text_beside:
        return say("There is text beside the signed part.", "Il y a du texte à côté de la partie signée.");
    case Found::attachments_beside:
        return finding_.count == 1 ? say("There is 1 attachment beside the signed part.",
                                         "Il y a 1 pièce jointe à côté de la partie signée.")
                                   : say("There are {} attachments beside the signed part.",
                                         "Il y a {} pièces jointes à côté de la partie signée.", finding_.count);
    case Found::kept_elsewhere:
        return say("A part of the content is kept elsewhere and only named here.",
                   "Une partie du contenu se trouve ailleurs et n'est que citée ici.");
    default:
        return {};
    }
}

std::string FindingText::signature() const
{
    switch (finding_.what) {
    case Found::content_changed:
        return say("The content is not what was signed.", "Le contenu n'est pas ce qui a été signé.");
    case Found::not_by_this_key:
        return say("The signature is not one by the key of {}.", "La signature n'a pas été faite par la clé de {}.",
                   holder());
    case Found::hash_too_weak:
        return say("The signature is right, and its hash {} is too weak to prove it today.",
                   "La signature est bonne, mais sa fonction de hachage {} est trop faible pour le prouver "
                   "aujourd'hui.",
                   finding_.algorithm);
    case Found::key_too_small:
        return say("The signature is right, and its key of {} bits is so small that anyone may have made it.",
                   "La signature est bonne, mais sa clé de {} bits est si petite que n'importe qui peut l'avoir faite.",
                   finding_.count);
    case Found::key_weak:
        return say("The signer's key is weaker than RSA with 2048 bits.",
                   "La clé du signataire est plus faible que RSA sur 2048 bits.");
    case Found::key_too_large:
        return say("The signer's key is too large to be checked here.",
                   "La clé du signataire est trop grande pour être vérifiée ici.");
    case Found::key_kind_unknown:
        return say("The signer's key is of a kind that cannot be checked here.",
                   "La clé du signataire est d'un genre qui ne peut être vérifié ici.");
    case Found::attribute_repeated:
        return say("A signed attribute is there more than once, or without a value.",
                   "Un attribut signé figure plusieurs fois, ou sans valeur.");
    case Found::attributes_empty:
        return say("The set of signed attributes is empty.", "L'ensemble des attributs signés est vide.");
    case Found::content_type_other:
        return say("What was signed is not said to be a mail's content.",
                   "Ce qui a été signé n'est pas déclaré comme le contenu d'un courriel.");
    case Found::digest_missing:
        return say("The signature does not name a digest of the content.",
                   "La signature ne donne pas d'empreinte du contenu.");
    case Found::time_outside_validity:
        return say("The signer claims a time at which the certificate was not valid.",
                   "Le signataire indique un moment où le certificat n'était pas valable.");
    case Found::time_to_come:
        return say("The signer claims a time that is still to come.",
                   "Le signataire indique un moment qui est encore à venir.");
    case Found::signed_twice:
        return say("The same signer has signed a second time, which holds as well.",
                   "Le même signataire a signé une seconde fois, ce qui est bon aussi.");
    default:
        return {};
    }
}

std::string FindingText::algorithms() const
{
    switch (finding_.what) {
    case Found::digest_algorithm_unknown:
        return say("The signature rests on {}, which cannot be checked here.",
                   "La signature repose sur {}, qui ne peut être vérifié ici.", algorithm());
    case Found::digest_broken_and_another:
        return say("The signature names {} and another hash, which cannot be checked here.",
                   "La signature indique {} et une autre fonction de hachage, ce qui ne peut être vérifié ici.",
                   algorithm());
    case Found::two_hashes:
        return say("The signature names two different hashes.",
                   "La signature indique deux fonctions de hachage différentes.");
    case Found::signature_algorithm_unknown:
        return say("The signature is one by {}, which cannot be checked here.",
                   "La signature est faite par {}, qui ne peut être vérifié ici.", algorithm());
    case Found::pss_parameters_unusual:
        return say("The signature is one by RSA-PSS with unusual parameters, which cannot be checked here.",
                   "La signature est faite par RSA-PSS avec des paramètres inhabituels, qui ne peuvent être vérifiés "
                   "ici.");
    case Found::certificate_missing:
        return say("The signer's certificate is not in the mail; a file that holds it can be named with "
                   "--certificates.",
                   "Le certificat du signataire n'est pas dans le courriel ; un fichier qui le contient peut être "
                   "indiqué avec --certificates.");
    case Found::certificates_too_many:
        return say("The mail has more certificates of the signer's issuer and number than are tried here.",
                   "Le courriel porte plus de certificats de l'émetteur et du numéro de celui du signataire qu'il n'en "
                   "est essayé ici.");
    case Found::certificate_unreadable:
        return say("The signer's certificate cannot be read.", "Le certificat du signataire est illisible.");
    case Found::another_certificate_named:
        return say("The signer named another certificate as the one to be judged by.",
                   "Le signataire a désigné un autre certificat pour juger sa signature.");
    default:
        return {};
    }
}

std::string FindingText::authorities() const
{
    switch (finding_.what) {
    case Found::authority_key_unknown:
        return say("The key of the authority {} is of a kind that cannot be checked here.",
                   "La clé de l'autorité {} est d'un genre qui ne peut être vérifié ici.", finding_.name);
    case Found::authority_key_too_small:
        return say("The key of the authority {} is so small that anyone may have used it.",
                   "La clé de l'autorité {} est si petite que n'importe qui peut s'en être servi.", finding_.name);
    case Found::authority_key_weak:
        return say("The key of the authority {} is weaker than RSA with 2048 bits.",
                   "La clé de l'autorité {} est plus faible que RSA sur 2048 bits.", finding_.name);
    case Found::authority_not_trusted:
        return say("The authority {} is not trusted here.", "L'autorité {} n'a pas la confiance de cet ordinateur.",
                   finding_.name);
    case Found::nobody_vouches:
        return say("No authority that is trusted here vouches for {}.",
                   "Aucune autorité à qui cet ordinateur fait confiance ne répond de {}.", holder());
    case Found::no_common_policy:
        return say("An authority demands that all certificates have a policy in common, and they have none.",
                   "Une autorité exige que tous les certificats aient une politique en commun, et ils n'en ont pas.");
    case Found::path_unchecked:
        return say("OpenSSL cannot check the signer's certificate.",
                   "OpenSSL ne peut vérifier le certificat du signataire.");
    default:
        return {};
    }
}

std::string FindingText::trust() const
{
    switch (finding_.what) {
    case Found::issued_by_unknown_algorithm:
        return say("The certificate of {} was issued by an algorithm that cannot be checked here.",
                   "Le certificat de {} a été émis par un algorithme qui ne peut être vérifié ici.", holder());
    case Found::issued_by_weak_hash:
        return say("The certificate of {} was issued with {}, which is too weak to prove it today.",
                   "Le certificat de {} a été émis avec {}, trop faible pour le prouver aujourd'hui.", holder(),
                   finding_.algorithm);
    case Found::revoked:
        return say("The certificate of {} is revoked.", "Le certificat de {} est révoqué.", holder());
    case Found::expired:
        return say("The certificate of {} was valid until {} only.",
                   "Le certificat de {} n'était valable que jusqu'au {}.", holder(), date());
    case Found::not_valid_yet:
        return say("The certificate of {} is valid from {} only.",
                   "Le certificat de {} n'est valable qu'à partir du {}.", holder(), date());
    case Found::not_for_mail:
        return say("The certificate of {} is not one for signed mail.",
                   "Le certificat de {} n'est pas prévu pour du courriel signé.", holder());
    case Found::critical_extension_unknown:
        return say("The certificate of {} has a critical extension that is not known here.",
                   "Le certificat de {} a une extension critique inconnue ici.", holder());
    case Found::vouches_for_itself:
        return say("The certificate of {} vouches for itself.", "Le certificat de {} ne se réclame que de lui-même.",
                   holder());
    case Found::issuer_not_known:
        return say("The issuer of the certificate of {} is not known.",
                   "L'émetteur du certificat de {} n'est pas connu.", holder());
    case Found::not_trusted:
        return say("The certificate of {} cannot be trusted: {}.",
                   "Le certificat de {} n'est pas digne de confiance ; OpenSSL dit : « {} ».", holder(),
                   finding_.reason);
    default:
        return {};
    }
}

std::string FindingText::revocation() const
{
    switch (finding_.what) {
    case Found::lists_do_not_answer:
        return say("Whether the certificate of {} is revoked could not be checked: the lists do not answer for all "
                   "reasons, or not for that day.",
                   "On n'a pu vérifier si le certificat de {} est révoqué : les listes ne répondent pas pour tous les "
                   "motifs, ou pas pour ce jour.",
                   holder());
    case Found::no_list_by_issuer:
        return say("Whether the certificate of {} is revoked could not be checked: there is no list that fits by {}.",
                   "On n'a pu vérifier si le certificat de {} est révoqué : aucune liste de {} ne convient.", holder(),
                   finding_.other);
    case Found::list_issuer_unchecked:
        return say("Whether {}, on whom a revocation list rests, is revoked could not be checked.",
                   "On n'a pu vérifier si {}, dont dépend une liste de révocation, est révoqué.", holder());
    case Found::list_out_of_date:
        return say("Not up to date: {} was to be replaced on {}.", "Pas à jour : {} devait être remplacée le {}.",
                   list(), date());
    case Found::list_too_new:
        return say("Not up to date: {} is of {}, which is later.", "Pas à jour : {} est du {}, donc plus récente.",
                   list(), date());
    case Found::list_of_other_issuer:
        return say("No use was made of {}: its issuer has issued none of the certificates.",
                   "Il n'a pas été fait usage de {} : son émetteur n'a émis aucun des certificats.", list());
    case Found::list_without_whole:
        return say(
            "No use was made of {}: it lists changes to a whole list that was not given.",
            "Il n'a pas été fait usage de {} : elle énumère les changements d'une liste complète qui n'a pas été "
            "donnée.",
            list());
    case Found::list_adds_nothing:
        return say("No use was made of {}: it is of another key, covers other certificates or adds nothing to another "
                   "list.",
                   "Il n'a pas été fait usage de {} : elle vient d'une autre clé, porte sur d'autres certificats ou "
                   "n'ajoute rien à une autre liste.",
                   list());
    case Found::list_unfit:
        return say("No use can be made of {}: {}.", "On ne peut se servir de {} ; OpenSSL dit : « {} ».", list(),
                   finding_.reason);
    case Found::revocation_not_given:
        return say("Revocation has to be checked, and no revocation list was given.",
                   "La révocation doit être vérifiée, et aucune liste de révocation n'a été donnée.");
    case Found::revocation_unanswered:
        return say("Revocation has to be checked, and the lists do not answer for each certificate between the signer "
                   "and the trusted authority.",
                   "La révocation doit être vérifiée, et les listes ne répondent pas pour chaque certificat entre le "
                   "signataire et l'autorité de confiance.");
    default:
        return {};
    }
}

} // namespace

std::string text_of(const Finding& finding, const Console& console)
{
    const std::string sentence = FindingText(finding, console).sentence();
    if (!finding.of_other_signature)
        return sentence;
    return console.say("Another signature by the same signer does not count: {}",
                       "Une autre signature du même signataire ne compte pas : {}", sentence);
}

std::string clause_of(std::string_view reason, const Console& console)
{
    if (console.language == base::Language::english)
        return std::string(reason);
    return words::french_reason(reason).value_or("« " + std::string(reason) + " » (en anglais)");
}

} // namespace sceau::cli
