#include "clients/cli/finding_text.h"

#include "clients/cli/layout.h"
#include "clients/words/reason.h"

namespace sceau::cli {

using mail::Finding;
using mail::Found;

namespace {

/// Each group of kinds has a function, which returns an empty text for all other kinds.
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
    std::string phrase(fmt::format_string<const Args&...> english, const Args&... args) const
    {
        return console_.phrase(english, args...);
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

    std::string holder() const { return finding_.name.empty() ? phrase("the signer") : finding_.name; }

    std::string date() const
    {
        return finding_.date ? shown_date(*finding_.date, console_.language) : phrase("a date that cannot be read");
    }

    std::string algorithm() const
    {
        if (finding_.algorithm.empty())
            return phrase("an unknown algorithm");
        const bool has_name = finding_.algorithm.find_first_not_of("0123456789.") != std::string::npos;
        return has_name ? finding_.algorithm : phrase("the algorithm {}", finding_.algorithm);
    }

    std::string list() const
    {
        return finding_.file.empty() ? phrase("a revocation list of the system's")
                                     : phrase("the revocation list of {} ({})", finding_.issuer, finding_.file);
    }

    const Finding& finding_;
    const Console& console_;
};

std::string FindingText::structure() const
{
    switch (finding_.what) {
    case Found::ambiguous:
        return phrase("The mail can be read in more than one way: {}.", reason());
    case Found::written_oddly:
        return phrase("The mail is written oddly: {}.", reason());
    case Found::cannot_be_taken_apart:
        return phrase("The mail cannot be taken apart: {}.", reason());
    case Found::over_limit:
        return phrase("It goes over a limit of this check: {}.", reason());
    case Found::signed_multipart_parts:
        return phrase("A signed multipart has {} parts, where one is signed and one the signature.", finding_.count);
    case Found::second_part_no_smime:
        return phrase("The second part of a signed multipart is not an S/MIME signature.");
    case Found::no_signature:
        return phrase("It carries no S/MIME signature.");
    case Found::other_signature:
        return phrase("It carries another kind of signature than S/MIME, which is not checked here.");
    case Found::only_certificates:
        return phrase("It carries certificates, and no signature.");
    case Found::other_smime:
        return phrase("It is of another kind of S/MIME than signed.");
    case Found::encrypted:
        return phrase("It is encrypted: what is inside cannot be judged here.");
    case Found::part_encrypted:
        return phrase("A part of it is encrypted, and cannot be judged here.");
    case Found::attached_mail_signed:
        return phrase("A mail that is attached is signed, which says nothing of this one.");
    default:
        return {};
    }
}

std::string FindingText::content() const
{
    switch (finding_.what) {
    case Found::says_encrypted:
        return phrase("The mail says of itself that it is encrypted, and it is not.");
    case Found::meant_to_be_encrypted:
        return phrase("The signer meant the mail to be encrypted, and it is not.");
    case Found::signed_over_encrypted:
        return phrase("What is signed is encrypted: its signer may not have seen the content, nor have written it.");
    case Found::smime_part_unjudged:
        return phrase("The S/MIME part cannot be judged: {}.", reason());
    case Found::smime_part_unreadable:
        return phrase("The S/MIME part cannot be read: {}.", reason());
    case Found::content_missing:
        return phrase("The signed data holds no content.");
    case Found::content_of_its_own:
        return phrase("The signature holds a content of its own, beside the mail's.");
    case Found::content_not_taken_apart:
        return phrase("The signed content cannot be taken apart: {}.", reason());
    case Found::content_begins_oddly:
        return phrase("The signed content begins with a line that is not a header field.");
    case Found::content_ambiguous:
        return phrase("The signed content can be read in more than one way: {}.", reason());
    case Found::bytes_behind_signature:
        return phrase(
            "Something stands behind the signature's CMS structure, such as what a gateway appends; no part of "
            "the mail.");
    case Found::micalg_names_another:
        return phrase("The parameter micalg names another hash than the signature.");
    case Found::several_signatures:
        return phrase("The mail has {} signatures.", finding_.count);
    default:
        return {};
    }
}

std::string FindingText::origin() const
{
    switch (finding_.what) {
    case Found::several_fields:
        return phrase("The mail has several fields {}.", finding_.field);
    case Found::addresses_unclear:
        return phrase("The addresses in {} can be read in more than one way.", finding_.field);
    case Found::several_senders:
        return phrase("The field Sender has more than one mailbox.");
    case Found::hidden_characters:
        return phrase("{} holds characters that hide or steer the display.", finding_.field);
    case Found::like_an_address:
        return phrase("A name in {} looks like an address, and is not the one.", finding_.field);
    case Found::like_another_domain:
        return phrase("The domain of {} is written {} on the wire: similar letters may be meant to mislead.",
                      finding_.value, finding_.other);
    case Found::no_from:
        return phrase("The mail does not say who it is from.");
    case Found::from_another:
        return phrase("It is from {}, and the signer's certificate is not.", finding_.value);
    case Found::sent_for_another:
        return phrase("Not signed by {}, but by {} on their behalf.", finding_.value, finding_.other);
    case Found::date_far_from_signing:
        return phrase("The mail's Date is more than an hour away from the time of signing.");
    case Found::text_after_signed_part:
        return phrase("Text stands after the signed part, which mail programs should not show.");
    default:
        return {};
    }
}

std::string FindingText::coverage() const
{
    switch (finding_.what) {
    case Found::header_outside_changed:
        return phrase("The header outside of the signed part was changed or added to.");
    case Found::not_all_signed:
        return phrase("Not all that may be shown with the mail is signed.");
    case Found::header_not_signed:
        return phrase("The header is not signed: {}.", names());
    case Found::field_added:
        return phrase("{} outside of the signed part is not signed: \"{}\".", finding_.field, finding_.value);
    case Found::field_replaced:
        return phrase("{} outside of the signed part is not the one that was signed: \"{}\" in place of \"{}\".",
                      finding_.field, finding_.value, finding_.other);
    case Found::not_the_whole_mail:
        return phrase("The signed part is not the whole mail.");
    case Found::text_beside:
        return phrase("There is text beside the signed part.");
    case Found::attachments_beside:
        return console_.counted(finding_.count, "There is {} attachment beside the signed part.",
                                "There are {} attachments beside the signed part.");
    case Found::kept_elsewhere:
        return phrase("A part of the content is kept elsewhere and only named here.");
    default:
        return {};
    }
}

std::string FindingText::signature() const
{
    switch (finding_.what) {
    case Found::content_changed:
        return phrase("The content is not what was signed.");
    case Found::not_by_this_key:
        return phrase("The signature is not one by the key of {}.", holder());
    case Found::hash_too_weak:
        return phrase("The signature is right, and its hash {} is too weak to prove it today.", finding_.algorithm);
    case Found::key_too_small:
        return phrase("The signature is right, and its key of {} bits is so small that anyone may have made it.",
                      finding_.count);
    case Found::key_weak:
        return phrase("The signer's key is weaker than RSA with 2048 bits.");
    case Found::key_too_large:
        return phrase("The signer's key is too large to be checked here.");
    case Found::key_kind_unknown:
        return phrase("The signer's key is of a kind that cannot be checked here.");
    case Found::attribute_repeated:
        return phrase("A signed attribute is there more than once, or without a value.");
    case Found::attributes_empty:
        return phrase("The set of signed attributes is empty.");
    case Found::content_type_other:
        return phrase("What was signed is not said to be a mail's content.");
    case Found::digest_missing:
        return phrase("The signature does not name a digest of the content.");
    case Found::time_outside_validity:
        return phrase("The signer claims a time at which the certificate was not valid.");
    case Found::time_to_come:
        return phrase("The signer claims a time that is still to come.");
    case Found::signed_twice:
        return phrase("The same signer has signed a second time, which holds as well.");
    case Found::shown_differs:
        return phrase("The signer was shown something other than what this computer reads in the mail, as the "
                      "signature says. The mail is what was signed; look at it with care.");
    default:
        return {};
    }
}

std::string FindingText::algorithms() const
{
    switch (finding_.what) {
    case Found::digest_algorithm_unknown:
        return phrase("The signature rests on {}, which cannot be checked here.", algorithm());
    case Found::digest_broken_and_another:
        return phrase("The signature names {} and another hash, which cannot be checked here.", algorithm());
    case Found::two_hashes:
        return phrase("The signature names two different hashes.");
    case Found::signature_algorithm_unknown:
        return phrase("The signature is one by {}, which cannot be checked here.", algorithm());
    case Found::pss_parameters_unusual:
        return phrase("The signature is one by RSA-PSS with unusual parameters, which cannot be checked here.");
    case Found::certificate_missing:
        return phrase("The signer's certificate is not in the mail; a file that holds it can be named with "
                      "--certificates.");
    case Found::certificates_too_many:
        return phrase("The mail has more certificates of the signer's issuer and number than are tried here.");
    case Found::certificate_unreadable:
        return phrase("The signer's certificate cannot be read.");
    case Found::another_certificate_named:
        return phrase("The signer named another certificate as the one to be judged by.");
    default:
        return {};
    }
}

std::string FindingText::authorities() const
{
    switch (finding_.what) {
    case Found::authority_key_unknown:
        return phrase("The key of the authority {} is of a kind that cannot be checked here.", finding_.name);
    case Found::authority_key_too_small:
        return phrase("The key of the authority {} is so small that anyone may have used it.", finding_.name);
    case Found::authority_key_weak:
        return phrase("The key of the authority {} is weaker than RSA with 2048 bits.", finding_.name);
    case Found::authority_not_trusted:
        return phrase("The authority {} is not trusted here.", finding_.name);
    case Found::nobody_vouches:
        return phrase("No authority that is trusted here vouches for {}.", holder());
    case Found::no_common_policy:
        return phrase("An authority demands that all certificates have a policy in common, and they have none.");
    case Found::path_unchecked:
        return phrase("OpenSSL cannot check the signer's certificate.");
    default:
        return {};
    }
}

std::string FindingText::trust() const
{
    switch (finding_.what) {
    case Found::issued_by_unknown_algorithm:
        return phrase("The certificate of {} was issued by an algorithm that cannot be checked here.", holder());
    case Found::issued_by_weak_hash:
        return phrase("The certificate of {} was issued with {}, which is too weak to prove it today.", holder(),
                      finding_.algorithm);
    case Found::revoked:
        return phrase("The certificate of {} is revoked.", holder());
    case Found::expired:
        return phrase("The certificate of {} was valid until {} only.", holder(), date());
    case Found::not_valid_yet:
        return phrase("The certificate of {} is valid from {} only.", holder(), date());
    case Found::not_for_mail:
        return phrase("The certificate of {} is not one for signed mail.", holder());
    case Found::critical_extension_unknown:
        return phrase("The certificate of {} has a critical extension that is not known here.", holder());
    case Found::vouches_for_itself:
        return phrase("The certificate of {} vouches for itself.", holder());
    case Found::issuer_not_known:
        return phrase("The issuer of the certificate of {} is not known.", holder());
    case Found::not_trusted:
        return phrase("The certificate of {} cannot be trusted: {}.", holder(), finding_.reason);
    default:
        return {};
    }
}

std::string FindingText::revocation() const
{
    switch (finding_.what) {
    case Found::lists_do_not_answer:
        return phrase("Whether the certificate of {} is revoked could not be checked: the lists do not answer for all "
                      "reasons, or not for that day.",
                      holder());
    case Found::no_list_by_issuer:
        return phrase(
            "Whether the certificate of {} is revoked could not be checked: there is no list that fits by {}.",
            holder(), finding_.other);
    case Found::list_issuer_unchecked:
        return phrase("Whether {}, on whom a revocation list rests, is revoked could not be checked.", holder());
    case Found::list_out_of_date:
        return phrase("Not up to date: {} was to be replaced on {}.", list(), date());
    case Found::list_too_new:
        return phrase("Not up to date: {} is of {}, which is later.", list(), date());
    case Found::list_of_other_issuer:
        return phrase("No use was made of {}: its issuer has issued none of the certificates.", list());
    case Found::list_without_whole:
        return phrase("No use was made of {}: it lists changes to a whole list that was not given.", list());
    case Found::list_adds_nothing:
        return phrase(
            "No use was made of {}: it is of another key, covers other certificates or adds nothing to another "
            "list.",
            list());
    case Found::list_unfit:
        return phrase("No use can be made of {}: {}.", list(), finding_.reason);
    case Found::revocation_not_given:
        return phrase("Revocation has to be checked, and no revocation list was given.");
    case Found::revocation_unanswered:
        return phrase(
            "Revocation has to be checked, and the lists do not answer for each certificate between the signer "
            "and the trusted authority.");
    default:
        return {};
    }
}

} // namespace

std::string text_of(const Finding& finding, const Console& console)
{
    std::string sentence = FindingText(finding, console).sentence();
    if (!finding.of_other_signature)
        return sentence;
    return console.phrase("Another signature by the same signer does not count: {}", sentence);
}

std::string clause_of(std::string_view reason, const Console& console)
{
    return words::reason_in(console.language, reason).value_or(console.phrase("\"{}\" (in English)", reason));
}

} // namespace sceau::cli
