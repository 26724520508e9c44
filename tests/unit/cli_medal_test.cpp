#include "clients/cli/finding_text.h"
#include "clients/cli/json.h"
#include "clients/cli/medal.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <set>

using namespace sceau;
using namespace sceau::cli;
using base::Language;
using mail::Found;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

const Moment kAt = *parse_moment("2026-12-01T00:00:00Z");

Verdict verdict_of(Judgement judgement)
{
    ::setenv("TZ", "UTC", 1);
    Verdict verdict;
    verdict.judgement = judgement;
    verdict.from = "direction@example.org";
    verdict.signers = {{.name = "Direction Example",
                        .addresses = {"direction@example.org"},
                        .issuer = "Example CA",
                        .not_before = *parse_moment("2026-03-01"),
                        .not_after = *parse_moment("2027-03-01"),
                        .claimed_time = parse_moment("2026-11-24T10:12:00Z"),
                        .algorithm = "rsa 2048, sha256",
                        .key = std::string(64, 'a')}};
    verdict.coverage = {
        .headers = {"From", "To", "Subject"}, .text = true, .attachments = 1, .not_covered = {}, .gaps = {}};
    return verdict;
}

std::string english(const Verdict& verdict)
{
    return medal(verdict, kAt, {.language = Language::english});
}

std::string french(const Verdict& verdict)
{
    return medal(verdict, kAt, {.language = base::language_of("fr")});
}

} // namespace

TEST_CASE("a mail that can be read in several ways is not to be acted on")
{
    Verdict verdict = verdict_of(Judgement::malformed);
    verdict.reasons = {{.what = Found::ambiguous, .reason = "a multipart has no close delimiter"}};
    verdict.signers.clear();
    CHECK(english(verdict) == R"(✖ DAMAGED: IT CAN BE READ IN SEVERAL WAYS. Do not act on this mail.
           Another program may show you something other than what was checked. Ask direction@example.org to send it
           again.
           In detail:
           - The mail can be read in more than one way: a multipart has no close delimiter.
)");
    CHECK(french(verdict) == R"(✖ ENDOMMAGÉ : IL SE LIT DE PLUSIEURS FAÇONS. Ne vous fiez pas à ce courriel.
           Un autre programme peut vous montrer autre chose que ce qui a été vérifié. Demandez à direction@example.org
           de le renvoyer.
           En détail :
           - Le courriel peut se lire de plusieurs façons : un multipart n'a pas de délimiteur final.
)");
}

TEST_CASE("for a mail without a signature it is said that anyone could have written it")
{
    Verdict verdict = verdict_of(Judgement::not_signed);
    verdict.reasons = {{.what = Found::no_signature}};
    verdict.signers.clear();
    CHECK(english(verdict) == R"(○ NOT SIGNED. Anyone could have written this mail.
           If direction@example.org usually signs, check with the sender in another way.
           In detail:
           - It carries no S/MIME signature.
)");
    CHECK(french(verdict) == R"(○ NON SIGNÉ. N'importe qui peut avoir écrit ce courriel.
           Si direction@example.org signe d'habitude, vérifiez auprès de l'expéditeur par un autre moyen.
           En détail :
           - Il ne porte pas de signature S/MIME.
)");
}

TEST_CASE("a signature that cannot be checked here is no sign of danger")
{
    Verdict verdict = verdict_of(Judgement::cannot_be_checked);
    verdict.reasons = {{.what = Found::signature_algorithm_unknown, .algorithm = "1.2.3"}};
    const std::string text = english(verdict);
    CHECK_THAT(text, Catch::StartsWith("○ CANNOT BE CHECKED HERE. Its signature may be good, or not.\n"));
    CHECK_THAT(text, Catch::Contains("Check with direction@example.org in another way."));
    CHECK_THAT(text, Catch::Contains("- The signature is one by the algorithm 1.2.3"));
    CHECK_THAT(text, !Catch::Contains("CHANGED") && !Catch::Contains("Do not act"));
    CHECK_THAT(french(verdict), Catch::StartsWith("○ INVÉRIFIABLE ICI. Il est peut-être bien signé, ou non.\n"));
}

TEST_CASE("for a mail over a limit, the limit is named in both languages and in JSON")
{
    Verdict verdict = verdict_of(Judgement::cannot_be_checked);
    verdict.signers.clear();
    verdict.limit = mail::Limit::parts;
    CHECK_THAT(english(verdict),
               Catch::StartsWith("○ CANNOT BE CHECKED HERE. ") &&
                   Catch::Contains("It goes beyond what is read here: the message has more than 10,000 parts."));
    CHECK_THAT(french(verdict), Catch::StartsWith("○ INVÉRIFIABLE ICI. ") &&
                                    Catch::Contains("Il dépasse ce qui est lu ici : il a plus de 10 000 parties."));
    CHECK_THAT(json_of(verdict, kAt), Catch::Contains("\"limit\": \"parts\""));
}

TEST_CASE("a signature that is right but too weak is reported as both")
{
    Verdict verdict = verdict_of(Judgement::too_weak);
    verdict.reasons = {{.what = Found::hash_too_weak, .algorithm = "sha1"}};
    CHECK(english(verdict) == R"(○ SIGNED TOO WEAKLY. The signature is correct, but proves nothing today.
           direction@example.org may have signed it when that still counted; today others can make such a signature too.
           Check with direction@example.org in another way.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
           In detail:
           - The signature is right, and its hash sha1 is too weak to prove it today.
)");
    CHECK_THAT(french(verdict), Catch::StartsWith("○ SIGNATURE TROP FAIBLE. La signature est bonne, mais"));
    CHECK_THAT(json_of(verdict, kAt), Catch::Contains("\"judgement\": \"too_weak\""));
}

TEST_CASE("required revocation that could not be checked has a sentence of its own")
{
    Verdict verdict = verdict_of(Judgement::revocation_unknown);
    CHECK_THAT(english(verdict),
               Catch::StartsWith("○ REVOCATION NOT CHECKED. Everything else about the signature holds.\n"));
    CHECK_THAT(french(verdict), Catch::StartsWith("○ RÉVOCATION NON VÉRIFIÉE."));
    verdict = verdict_of(Judgement::signed_);
    verdict.revocation = mail::cms::Revocation::unknown;
    CHECK_THAT(english(verdict), Catch::Contains("could not be") && !Catch::Contains("not revoked"));
}

TEST_CASE("a changed mail is not to be acted on")
{
    Verdict verdict = verdict_of(Judgement::changed);
    verdict.reasons = {{.what = Found::content_changed}};
    CHECK(english(verdict) == R"(✖ CHANGED AFTER SIGNING. Do not act on this mail.
           The text is not what direction@example.org signed. Check with the sender in another way.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
           In detail:
           - The content is not what was signed.
)");
    CHECK(french(verdict) == R"(✖ MODIFIÉ APRÈS SIGNATURE. Ne vous fiez pas à ce courriel.
           Le texte n'est pas celui que direction@example.org a signé. Vérifiez auprès de l'expéditeur par un autre
           moyen.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
           En détail :
           - Le contenu n'est pas ce qui a été signé.
)");
}

TEST_CASE("a mail signed by another than its sender names both")
{
    Verdict verdict = verdict_of(Judgement::not_from_signer);
    verdict.from = "boss@bank.example";
    verdict.reasons = {{.what = Found::from_another, .value = "boss@bank.example"}};
    CHECK(english(verdict) == R"(✖ NOT SIGNED BY ITS SENDER. Do not act on this mail.
           It says that it is from boss@bank.example, but direction@example.org signed it. Check with the sender in
           another way.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
           In detail:
           - It is from boss@bank.example, and the signer's certificate is not.
)");
    CHECK(french(verdict) == R"(✖ SON EXPÉDITEUR NE L'A PAS SIGNÉ. Ne vous fiez pas à ce courriel.
           Il se dit de boss@bank.example, mais c'est direction@example.org qui l'a signé. Vérifiez auprès de
           l'expéditeur par un autre moyen.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
           En détail :
           - Il se dit de boss@bank.example, or le certificat du signataire est pour une autre adresse.
)");
}

TEST_CASE("a revoked certificate is reported")
{
    Verdict verdict = verdict_of(Judgement::revoked);
    verdict.reasons = {{.what = Found::revoked, .name = "Direction Example"}};
    verdict.revocation = mail::cms::Revocation::checked;
    CHECK(english(verdict) == R"(✖ CERTIFICATE REVOKED. Do not act on this mail.
           Example CA has withdrawn a certificate that this signature rests on: the key of direction@example.org may be
           in other hands.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
           In detail:
           - The certificate of Direction Example is revoked.
)");
    CHECK(french(verdict) == R"(✖ CERTIFICAT RÉVOQUÉ. Ne vous fiez pas à ce courriel.
           Example CA a retiré un certificat sur lequel repose cette signature : la clé de direction@example.org est
           peut-être en d'autres mains.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
           En détail :
           - Le certificat de Direction Example est révoqué.
)");
}

TEST_CASE("an unknown issuer is reported, with what to do about it")
{
    const Verdict verdict = verdict_of(Judgement::unknown_issuer);
    CHECK(english(verdict) == R"(✖ UNKNOWN ISSUER. Do not act on this mail.
           Nobody that this computer trusts vouches for direction@example.org. If you have the issuer's certificate from
           a source that you trust, name it with --ca.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
)");
    CHECK(french(verdict) == R"(✖ ÉMETTEUR INCONNU. Ne vous fiez pas à ce courriel.
           Personne à qui cet ordinateur fait confiance ne répond de direction@example.org. Si vous tenez le certificat
           de l'émetteur d'une source sûre, indiquez-le avec --ca.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
)");
}

TEST_CASE("an expired certificate is reported, with what to do about it")
{
    Verdict verdict = verdict_of(Judgement::not_valid_then);
    verdict.signers.front().not_after = *parse_moment("2026-06-01");
    CHECK(english(verdict) == R"(✖ CERTIFICATE EXPIRED. Do not act on this mail.
           A certificate counts only between its dates. To judge the mail as of the day it came, use --at.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Jun 2026.
)");
    CHECK(french(verdict) == R"(✖ CERTIFICAT EXPIRÉ. Ne vous fiez pas à ce courriel.
           Un certificat ne vaut qu'entre ses dates. Pour juger le courriel au jour de son arrivée, utilisez --at.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er juin 2026.
)");
}

TEST_CASE("a certificate for other purposes is reported")
{
    const Verdict verdict = verdict_of(Judgement::wrong_purpose);
    CHECK(english(verdict) == R"(✖ NOT A CERTIFICATE FOR MAIL. Do not act on this mail.
           Example CA gave direction@example.org this certificate for something other than signing mail.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
)");
    CHECK(french(verdict) == R"(✖ CE CERTIFICAT N'EST PAS POUR LE COURRIEL. Ne vous fiez pas à ce courriel.
           Example CA a remis ce certificat à direction@example.org pour autre chose que signer du courriel.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
)");
}

TEST_CASE("for a mail that is only partly signed, the unsigned part is named")
{
    Verdict verdict = verdict_of(Judgement::partly_covered);
    verdict.reasons = {{.what = Found::not_all_signed}};
    verdict.coverage.not_covered = {{.what = Found::text_beside}};
    CHECK(english(verdict) == R"(✖ ONLY A PART IS SIGNED. Do not act on this mail.
           direction@example.org signed only a part of what a mail program may show you.
           The certificate says: "Direction Example", issued by Example CA, valid from 1 Mar 2026 to 1 Mar 2027.
           In detail:
           - Not all that may be shown with the mail is signed.
           - There is text beside the signed part.
)");
    CHECK(french(verdict) == R"(✖ SEULE UNE PARTIE EST SIGNÉE. Ne vous fiez pas à ce courriel.
           direction@example.org n'a signé qu'une partie de ce qu'un programme de courriel peut vous montrer.
           Le certificat dit : « Direction Example », émis par Example CA, valable du 1er mars 2026 au 1er mars 2027.
           En détail :
           - Tout ce qui peut être montré avec le courriel n'est pas signé.
           - Il y a du texte à côté de la partie signée.
)");
}

TEST_CASE("a signed mail shows who signed it, who vouches for that and what is covered")
{
    const Verdict verdict = verdict_of(Judgement::signed_);
    CHECK(english(verdict) == R"(● SIGNED   by direction@example.org, "Direction Example"
           nothing changed since · issuer Example CA, certificate until 1 Mar 2027 · revocation not checked (--crl)
           signed 24 Nov 2026 10:12 as it claims · covers From, To, Subject, the text and 1 attachment
)");
    CHECK(french(verdict) == R"(● SIGNÉ    par direction@example.org, « Direction Example »
           rien n'a changé depuis · émetteur Example CA, certificat jusqu'au 1er mars 2027 · révocation non vérifiée
           (--crl)
           signé le 24 nov. 2026 10:12 à ce qu'il dit · couvre From, To, Subject, le texte et 1 pièce jointe
)");
}

TEST_CASE("a signed mail without header protection says that the header is not covered")
{
    Verdict verdict = verdict_of(Judgement::signed_);
    verdict.coverage = {.headers = {},
                        .text = true,
                        .attachments = 2,
                        .not_covered = {{.what = Found::header_not_signed, .names = {"Subject", "To"}}},
                        .gaps = {}};
    verdict.revocation = mail::cms::Revocation::checked;
    verdict.signers.front().claimed_time.reset();
    CHECK(english(verdict) == R"(● SIGNED   by direction@example.org, "Direction Example"
           nothing changed since · issuer Example CA, certificate until 1 Mar 2027 · not revoked
           covers the text and 2 attachments, but not the header
           In detail:
           - The header is not signed: Subject and To.
)");
}

TEST_CASE("a mail sent for another names both, and one with several signers names its author")
{
    Verdict verdict = verdict_of(Judgement::signed_);
    verdict.signers.front().addresses = {"office@example.org"};
    verdict.on_behalf_of = verdict.from;
    CHECK_THAT(english(verdict), Catch::StartsWith("● SIGNED   by office@example.org, \"Direction Example\", on behalf "
                                                   "of direction@example.org\n"));
    verdict.signers.push_back(verdict.signers.front());
    verdict.signers.back().name = "Office";
    verdict.on_behalf_of.clear();
    CHECK_THAT(english(verdict), Catch::StartsWith("● SIGNED   by office@example.org, \"Direction Example\" and "
                                                   "office@example.org, \"Office\"\n"));
    CHECK_THAT(json_of(verdict, kAt), Catch::Contains("\"name\": \"Office\""));
}

TEST_CASE("an encrypted mail is neither good nor bad")
{
    Verdict verdict = verdict_of(Judgement::encrypted);
    verdict.signers.clear();
    CHECK_THAT(english(verdict), Catch::StartsWith("○ ENCRYPTED. What is inside cannot be judged here.\n"));
    CHECK_THAT(french(verdict), Catch::StartsWith("○ CHIFFRÉ. Son contenu ne peut pas être jugé ici.\n"));
    CHECK_THAT(json_of(verdict, kAt), Catch::Contains("\"judgement\": \"encrypted\""));
}

TEST_CASE("for a mail that only its Sender signed, it is said who did not sign")
{
    Verdict verdict = verdict_of(Judgement::signed_by_sender);
    verdict.from = verdict.on_behalf_of = "ceo@bank.example";
    CHECK_THAT(english(verdict), Catch::StartsWith("○ SIGNED BY ANOTHER. ceo@bank.example did not sign this mail.\n"));
    CHECK_THAT(french(verdict), Catch::StartsWith("○ SIGNÉ PAR UN AUTRE. ceo@bank.example n'a pas signé"));
}

TEST_CASE("a footer is mentioned quietly with what was signed by whom, and a changed header is named")
{
    Verdict verdict = verdict_of(Judgement::partly_covered);
    verdict.coverage.headers.clear();
    verdict.coverage.gaps = {.beside = true, .footer = true};
    CHECK_THAT(english(verdict),
               Catch::StartsWith("○ ONLY A PART IS SIGNED.\n           direction@example.org signed the "
                                 "text and 1 attachment. The text after it is from somebody else"));
    verdict.coverage.gaps = {.header = true};
    CHECK_THAT(english(verdict), Catch::StartsWith("✖ ITS HEADER WAS CHANGED. Do not act on this mail.\n"));
    CHECK_THAT(french(verdict), Catch::StartsWith("✖ SON EN-TÊTE A ÉTÉ CHANGÉ. "));
}

TEST_CASE("for a certificate with several addresses, the one that the mail is from is shown")
{
    Verdict verdict = verdict_of(Judgement::signed_);
    verdict.signers.front().addresses = {"other@example.org", "Direction@example.org"};
    CHECK_THAT(english(verdict), Catch::StartsWith("● SIGNED   by Direction@example.org,"));
}

TEST_CASE("a certificate that is not valid yet, and an issuer's that is not valid, are told apart")
{
    Verdict verdict = verdict_of(Judgement::not_valid_then);
    CHECK_THAT(english(verdict), Catch::StartsWith("✖ CERTIFICATE NOT VALID. "));
    verdict.signers.front().not_before = *parse_moment("2027-01-01");
    CHECK_THAT(english(verdict), Catch::StartsWith("✖ CERTIFICATE NOT VALID YET. "));
    CHECK_THAT(french(verdict), Catch::StartsWith("✖ CERTIFICAT PAS ENCORE VALABLE. "));
}

TEST_CASE("nothing in a mail can control the terminal, start a line or turn the text around")
{
    for (const Judgement judgement : {Judgement::malformed, Judgement::changed, Judgement::not_from_signer,
                                      Judgement::unknown_issuer, Judgement::signed_}) {
        const std::string hostile = "a\n● SIGNED   by\x1b[32m \u202egpj\u0007";
        Verdict verdict = verdict_of(judgement);
        verdict.from = verdict.on_behalf_of = hostile;
        verdict.signers.front().name = verdict.signers.front().issuer = hostile;
        verdict.signers.front().addresses = {hostile};
        verdict.reasons = verdict.warnings = {{.what = Found::not_trusted, .name = hostile, .reason = hostile}};
        verdict.coverage.headers = {hostile};
        verdict.coverage.not_covered = {{.what = Found::field_added, .field = hostile, .value = hostile}};
        const std::string text = "\n" + english(verdict);
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\x07') == std::string::npos);
        CHECK(text.find("\u202e") == std::string::npos);
        CHECK(text.find("\n● SIGNED   by", judgement == Judgement::signed_ ? 1 : 0) == std::string::npos);
    }
}

TEST_CASE("colour appears when wanted, and a terminal without UTF-8 gets plain symbols")
{
    const Verdict good = verdict_of(Judgement::signed_);
    const Verdict bad = verdict_of(Judgement::changed);
    CHECK_THAT(medal(good, kAt, {.colour = true}), Catch::StartsWith("\033[1;32m● SIGNED\033[0m   by direction@"));
    CHECK_THAT(medal(bad, kAt, {.colour = true}), Catch::StartsWith("\033[1;31m✖ CHANGED AFTER SIGNING.\033[0m Do"));
    CHECK_THAT(ascii_of(english(good)), Catch::StartsWith("* SIGNED   by direction@example.org"));
    CHECK_THAT(ascii_of(french(bad)), Catch::StartsWith("X MODIFIE APRES SIGNATURE."));
}

TEST_CASE("P18: a good signature says what its signer was shown, or that this cannot be compared")
{
    const Verdict verdict = verdict_of(Judgement::signed_);
    ShownToSigner shown{.comparison = Comparison::same};
    shown.summary.from.resize(1);
    shown.summary.to.resize(2);
    shown.summary.subject = "Payment";
    shown.summary.texts.resize(1);
    shown.summary.attachments.resize(1);
    const auto ends = [&](const char* text) { return Catch::EndsWith(std::string(11, ' ') + text + "\n"); };
    const Console in_french{.language = base::language_of("fr")};
    CHECK_THAT(medal(verdict, kAt, {}, shown),
               ends("shown to the signer before signing, as it claims: From, To, Subject, the text and 1 attachment"));
    CHECK_THAT(
        medal(verdict, kAt, in_french, shown),
        ends("montré au signataire avant la signature, à ce qu'elle dit : From, To, Subject, le texte et 1 pièce "
             "jointe"));
    shown.comparison = Comparison::other_version;
    CHECK_THAT(medal(verdict, kAt, {}, shown),
               ends("what the signer was shown cannot be compared here (another version of Sceau)"));
    CHECK_THAT(medal(verdict, kAt, in_french, shown),
               ends("on ne peut comparer ici ce que le signataire a vu (autre version de Sceau)"));
    for (const Comparison silent : {Comparison::not_said, Comparison::different})
        CHECK(medal(verdict, kAt, {}, {.comparison = silent}) == english(verdict));
}

TEST_CASE("P18: as JSON, what was shown is the same, another, or unknown, and the journal's head only that of a good "
          "signature")
{
    Verdict verdict = verdict_of(Judgement::signed_);
    verdict.signers.front().own.journal_head = base::Bytes(32, 0xab);
    const std::string head = base::to_hex(base::Bytes(32, 0xab));
    const auto json = [&](Comparison comparison) { return json_of(verdict, kAt, {.comparison = comparison}); };
    CHECK_THAT(json(Comparison::same), Catch::Contains("\"shown_to_signer\": true"));
    CHECK_THAT(json(Comparison::different), Catch::Contains("\"shown_to_signer\": false"));
    for (const Comparison unknown : {Comparison::not_said, Comparison::other_version, Comparison::unread})
        CHECK_THAT(json(unknown), Catch::Contains("\"shown_to_signer\": null"));
    CHECK_THAT(json(Comparison::not_said), Catch::Contains("\"journal_head\": \"" + head));
    verdict.judgement = Judgement::changed;
    CHECK_THAT(json(Comparison::not_said), Catch::Contains("\"journal_head\": null"));
}

TEST_CASE("each finding has a code, and a sentence in English and in French")
{
    std::set<std::string> said;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Found::revocation_unanswered); ++i) {
        const mail::Finding finding{.what = static_cast<Found>(i), .reason = "a part has several fields To"};
        INFO(to_string(finding.what));
        CHECK(to_string(finding.what).find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
        for (const Language language : {Language::english, base::language_of("fr")}) {
            const std::string sentence = text_of(finding, {.language = language});
            CHECK_THAT(sentence, Catch::EndsWith("."));
            CHECK(said.insert(sentence).second);
        }
    }
}

TEST_CASE("findings and their reasons are written in whole sentences of the person's language")
{
    const mail::Finding unfit{
        .what = Found::list_unfit, .issuer = "Example CA", .file = "a.pem", .reason = "CRL signature failure"};
    CHECK(text_of(unfit, {}) ==
          "No use can be made of the revocation list of Example CA (a.pem): CRL signature failure.");
    CHECK(text_of(unfit, {.language = base::language_of("fr")}) ==
          "On ne peut se servir de la liste de révocation de Example CA (a.pem) ; OpenSSL dit : « CRL signature "
          "failure ».");
    mail::Finding expired{.what = Found::expired, .name = "Alice", .date = parse_moment("2026-03-01")};
    ::setenv("TZ", "UTC", 1);
    CHECK(text_of(expired, {}) == "The certificate of Alice was valid until 1 Mar 2026 only.");
    expired.of_other_signature = true;
    CHECK(text_of(expired, {.language = base::language_of("fr")}) ==
          "Une autre signature du même signataire ne compte pas : Le certificat de Alice n'était valable que jusqu'au "
          "1er mars 2026.");
    CHECK(clause_of("a part holds a NUL byte, and cannot be altered", {.language = base::language_of("fr")}) ==
          "une partie contient un octet nul, et l'on ne peut y toucher");
    CHECK(clause_of("a part has several fields To (at byte 12)", {.language = base::language_of("fr")}) ==
          "une partie a plusieurs champs To (à l'octet 12)");
    CHECK(clause_of("what nobody knows", {.language = base::language_of("fr")}) ==
          "« what nobody knows » (en anglais)");
}

TEST_CASE("JSON says what was found in English and by its code, whoever reads it")
{
    Verdict verdict = verdict_of(Judgement::changed);
    verdict.reasons = {{.what = Found::content_changed}};
    const std::string text = json_of(verdict, kAt);
    CHECK_THAT(text, Catch::Contains("\"The content is not what was signed.\""));
    CHECK_THAT(text, Catch::Contains("\"reason_codes\": [\n    \"content_changed\"\n  ]"));
}

TEST_CASE("a verdict in JSON has the same members whatever it says")
{
    const Verdict good = verdict_of(Judgement::signed_);
    CHECK(json_of(good, kAt) == R"({
  "judgement": "signed",
  "judged_at": "2026-12-01T00:00:00Z",
  "reasons": [],
  "reason_codes": [],
  "limit": null,
  "signer": {
    "name": "Direction Example",
    "addresses": [
      "direction@example.org"
    ],
    "issuer": "Example CA",
    "not_before": "2026-03-01T00:00:00Z",
    "not_after": "2027-03-01T00:00:00Z",
    "claimed_time": "2026-11-24T10:12:00Z",
    "algorithm": "rsa 2048, sha256",
    "key": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  },
  "signers": [
    {
      "name": "Direction Example",
      "addresses": [
        "direction@example.org"
      ],
      "issuer": "Example CA",
      "not_before": "2026-03-01T00:00:00Z",
      "not_after": "2027-03-01T00:00:00Z",
      "claimed_time": "2026-11-24T10:12:00Z",
      "algorithm": "rsa 2048, sha256",
      "key": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    }
  ],
  "from": "direction@example.org",
  "on_behalf_of": null,
  "revocation": "not_asked",
  "revocation_checked": false,
  "warnings": [],
  "warning_codes": [],
  "coverage": {
    "headers": [
      "From",
      "To",
      "Subject"
    ],
    "text": true,
    "attachments": 1,
    "not_covered": [],
    "not_covered_codes": []
  },
  "shown_to_signer": null,
  "journal_head": null
}
)");
    Verdict nothing;
    nothing.from = "é\xff";
    const std::string text = json_of(nothing, kAt);
    CHECK_THAT(text, Catch::Contains("\"judgement\": \"not_signed\""));
    CHECK_THAT(text, Catch::Contains("\"signer\": null"));
    CHECK_THAT(text, Catch::Contains("\"from\": \"\\u00e9\\ufffd\""));
}
