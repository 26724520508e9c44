// Where in a mail the signature is, and what can be placed beside it. The names in brackets are those of the attack
// classes in Müller et al., "Johnny, you are fired!", USENIX Security 2019.
#include "tests/support/verdict_matchers.h"

#include <tuple>

using namespace sceau;
using namespace sceau::test;
using mail::cms::BioPtr;
using mail::mime::Judgement;

namespace {

/// Alice's signed part as it appears inside another mail: without a header of its own.
std::string signed_entity(const World& world, const std::string& payload = text_part())
{
    return world.signed_by(world.alice, "", payload);
}

std::string mixed(const std::vector<std::string>& parts, const std::string& subtype = "mixed")
{
    std::string text = header() + "Content-Type: multipart/" + subtype + "; boundary=mixed\r\n\r\n";
    for (const std::string& part : parts)
        text += "--mixed\r\n" + part + "\r\n";
    return text + "--mixed--\r\n";
}

std::string replaced(std::string text, const std::string& what, const std::string& by)
{
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("a mail without a signature is not signed")
{
    const World world;
    const auto verdict = judged(header() + text_part(), world.trust());
    CHECK(verdict == Judgement::not_signed);
    CHECK(verdict.from == "alice@example.org");
    CHECK(verdict.signer() == nullptr);
    CHECK_FALSE(verdict.coverage.text);
}

TEST_CASE("bytes without a header are a mail that is not signed or malformed, and nothing at all is an error")
{
    const World world;
    CHECK(judged("hello", world.trust()) != Judgement::signed_);
    CHECK(judged(std::string("\0\0\r\n\xff", 5), world.trust()) != Judgement::signed_);
    const auto empty = mail::Source::of_bytes({});
    REQUIRE(empty);
    CHECK(mail::mime::judge(*empty, world.trust()).error().code == base::ErrorCode::bad_message);
}

TEST_CASE("a PGP signature is another kind of signature")
{
    const World world;
    const auto mail = replaced(world.signed_mail(), "application/pkcs7-signature\"", "application/pgp-signature\"");
    const auto verdict = judged(mail, world.trust());
    CHECK(verdict == Judgement::not_signed);
    CHECK(says(verdict.reasons, "another kind of signature"));
}

TEST_CASE("signed data is judged though its mail says that it is encrypted, which is warned of")
{
    const World world;
    const auto mail = replaced(world.signed_mail(text_part(), {.opaque = true}), "signed-data", "enveloped-data");
    const auto verdict = judged(mail, world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "says of itself that it is encrypted"));
}

TEST_CASE("an encrypted mail cannot be judged and one that carries certificates only is not signed")
{
    const World world;
    const auto labelled = [](std::string_view type, const std::string& content_info) {
        return header() + "Content-Type: application/pkcs7-mime; smime-type=" + std::string(type) +
               "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(*base::from_hex(content_info));
    };
    const auto* const type = GENERATE("enveloped-data", "authEnveloped-data", "signed-data");
    CHECK(judged(labelled(type, "300f06092a864886f70d010703a0023000"), world.trust()) == Judgement::encrypted);
    CHECK(judged(labelled("enveloped-data", "00"), world.trust()) == Judgement::encrypted); // even if damaged
    // DigestedData is not a signature, whatever its label.
    CHECK(judged(labelled("signed-data", "300f06092a864886f70d010705a0023000"), world.trust()) ==
          Judgement::not_signed);
    const auto certificates = replaced(world.signed_mail(text_part(), {.opaque = true}), "signed-data", "certs-only");
    CHECK(judged(certificates, world.trust()) == Judgement::not_signed);
}

TEST_CASE("the names from before RFC 2633 are understood")
{
    const World world;
    auto mail = world.signed_mail();
    for (int i = 0; i < 2; ++i)
        mail = replaced(mail, "application/pkcs7-signature", "application/x-pkcs7-signature");
    CHECK(judged(mail, world.trust()) == Judgement::signed_);
    const auto opaque = replaced(world.signed_mail(text_part(), {.opaque = true}),
                                 "application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime");
    CHECK(judged(opaque, world.trust()) == Judgement::signed_);
}

TEST_CASE("text put before a signed part leaves it partly covered")
{
    const World world;
    const auto verdict = judged(mixed({text_part("Pay 48000 euros."), signed_entity(world)}), world.trust()); // [M1]
    CHECK(verdict == Judgement::partly_covered);
    CHECK(says(verdict.coverage.not_covered, "not the whole mail"));
    CHECK(says(verdict.coverage.not_covered, "text beside"));
}

TEST_CASE("a signed part hidden by HTML before it leaves the mail partly covered")
{
    const World world;
    const std::string html =
        "Content-Type: text/html\r\n\r\n<p>Pay 48000 euros.</p><style>body * {display: none}</style>\r\n";
    CHECK(judged(mixed({html, signed_entity(world)}), world.trust()) == Judgement::partly_covered); // [M2]
    CHECK(judged(mixed({html, signed_entity(world)}, "alternative"), world.trust()) == Judgement::partly_covered);
}

TEST_CASE("a signed part hidden as a related picture leaves the mail partly covered")
{
    const World world;
    const std::string html = "Content-Type: text/html\r\n\r\n<p>Pay 48000 euros.</p><img src=\"cid:x\">\r\n";
    const auto hidden = "Content-ID: <x>\r\n" + signed_entity(world);
    CHECK(judged(mixed({html, hidden}, "related"), world.trust()) == Judgement::partly_covered); // [M3]
}

TEST_CASE("a signed part hidden as an attachment leaves the mail partly covered")
{
    const World world;
    const auto hidden = "Content-Disposition: attachment; filename=old.eml\r\n" + signed_entity(world);
    const auto verdict = judged(mixed({text_part("Pay 48000 euros."), hidden}), world.trust()); // [M4]
    CHECK(verdict == Judgement::partly_covered);
}

TEST_CASE("a footer that a mailing list adds beside the signed part leaves it partly covered")
{
    const World world;
    CHECK(judged(mixed({signed_entity(world), text_part("To unsubscribe ...")}), world.trust()) ==
          Judgement::partly_covered);
    const auto opaque = world.signed_by(world.alice, "", text_part(), {.opaque = true});
    CHECK(judged(mixed({opaque, text_part("To unsubscribe ...")}), world.trust()) == Judgement::partly_covered);
    const auto footer = judged(mixed({signed_entity(world), text_part("To unsubscribe ...")}), world.trust());
    CHECK(footer.coverage.gaps.only_footer());
    const auto before = judged(mixed({text_part("Pay 48000 euros."), signed_entity(world)}), world.trust());
    CHECK_FALSE(before.coverage.gaps.only_footer());
}

TEST_CASE("a signed part in a multipart with nothing else in it is the whole mail")
{
    const World world;
    CHECK(judged(mixed({signed_entity(world)}), world.trust()) == Judgement::signed_);
    CHECK(judged(mixed({text_part(""), signed_entity(world)}), world.trust()) == Judgement::signed_);
}

TEST_CASE("encrypted content is recognized by its own type if the mail does not declare it")
{
    const World world;
    // EnvelopedData without any other readable content.
    const base::Bytes enveloped = *base::from_hex("300f06092a864886f70d010703a0023000");
    const std::string plain = "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(enveloped);
    const auto* const type = GENERATE("application/pkcs7-mime; name=smime.p7m", "application/x-pkcs7-mime",
                                      "application/octet-stream; name=smime.p7m");
    const std::string part = "Content-Type: " + std::string(type) + plain;
    CHECK(judged(header() + part, world.trust()) == Judgement::encrypted);
    const auto over_it = judged(world.signed_mail(part), world.trust());
    CHECK(over_it == Judgement::signed_);
    CHECK(says(over_it.warnings, "may not have seen the content"));
}

TEST_CASE("signed data with only a file name is judged, and an attached signed document is not a mail signature")
{
    const World world;
    const auto opaque = world.signed_mail(text_part(), {.opaque = true});
    const auto named = replaced(opaque, "application/pkcs7-mime; smime-type=signed-data", "application/octet-stream");
    CHECK(judged(named, world.trust()) == Judgement::signed_);
    const auto document =
        replaced(world.signed_by(world.alice, "", text_part(), {.opaque = true}), "smime.p7m", "contract.pdf.p7m");
    CHECK(judged(mixed({text_part(), document}), world.trust()) == Judgement::not_signed);
}

TEST_CASE("a wrapped part that was changed or is another's is judged as badly as one at the root")
{
    const World world;
    const auto changed = replaced(signed_entity(world), "10 euros", "99 euros");
    CHECK(judged(mixed({text_part(), changed}), world.trust()) == Judgement::changed);
    const auto eves = world.signed_by(world.eve, "");
    CHECK(judged(mixed({text_part(), eves}), world.trust()) == Judgement::not_from_signer);
}

TEST_CASE("a signed mail that is attached does not make the mail around it signed")
{
    const World world;
    const auto attached = "Content-Type: message/rfc822\r\n\r\n" + world.signed_mail();
    const auto verdict = judged(mixed({text_part("Pay 48000 euros."), attached}), world.trust());
    CHECK(verdict == Judgement::not_signed);
    CHECK(says(verdict.reasons, "says nothing of this one"));
    CHECK(judged(header("ceo@good.example") + attached, world.trust()) == Judgement::not_signed);
}

TEST_CASE("a signed mail that is attached to a signed mail is content like any other")
{
    const World world;
    const auto attached =
        "Content-Type: message/rfc822\r\n\r\n" + world.signed_by(world.eve, header("eve@evil.example"));
    const auto verdict = judged(world.signed_mail(attached), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.signer()->name == "Alice Example");
    CHECK(verdict.coverage.attachments == 1);
    CHECK_FALSE(verdict.coverage.text);
}

TEST_CASE("of two nested signatures the outer one is judged")
{
    const World world;
    const auto inner = world.signed_by(world.eve, "");
    const auto verdict = judged(world.signed_mail(inner), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.signer()->name == "Alice Example");
    const auto outer = world.signed_by(world.eve, header(), signed_entity(world));
    CHECK(judged(outer, world.trust()) == Judgement::not_from_signer);
    const auto outer_changed = replaced(world.signed_mail(inner), "10 euros", "99 euros");
    CHECK(judged(outer_changed, world.trust()) == Judgement::changed);
}

TEST_CASE("a third part in a signed multipart is malformed")
{
    const World world;
    const auto mail = world.signed_mail();
    const auto third = "--outer\r\n" + text_part("Pay 48000 euros.") + "\r\n";
    CHECK(judged(replaced(mail, "--outer--", third + "--outer--"), world.trust()) == Judgement::malformed);
    CHECK(judged(replaced(mail, "\r\n--outer\r\n", "\r\n" + third + "--outer\r\n"), world.trust()) ==
          Judgement::malformed);
}

TEST_CASE("a signed multipart whose second part is not a signature is malformed")
{
    const World world;
    const auto mail =
        replaced(world.signed_mail(), "Content-Type: application/pkcs7-signature", "Content-Type: text/plain");
    CHECK(judged(mail, world.trust()) == Judgement::malformed);
}

TEST_CASE("text before or after the parts is not shown and not signed")
{
    const World world;
    const auto mail = world.signed_mail();
    const auto after = judged(mail + "Pay 48000 euros.\r\n", world.trust());
    CHECK(after == Judgement::signed_);
    CHECK(says(after.warnings, "after the signed part"));
    const auto before = replaced(mail, "\r\n\r\n--outer", "\r\n\r\nThis is an S/MIME signed message\r\n\r\n--outer");
    CHECK(judged(before, world.trust()) == Judgement::signed_);
    CHECK(judged(before, world.trust()).warnings.empty());
}

TEST_CASE("a doubled Content-Type or parameter is malformed")
{
    const World world;
    const auto mail = world.signed_mail();
    CHECK(judged("Content-Type: text/plain\r\n" + mail, world.trust()) == Judgement::malformed);
    CHECK(judged(replaced(mail, "boundary=\"outer\"", "boundary=\"outer\"; boundary=other"), world.trust()) ==
          Judgement::malformed);
    CHECK(judged(replaced(mail, "boundary=\"outer\"", "boundary=\"outer\"; boundary*=us-ascii''other"),
                 world.trust()) == Judgement::malformed);
    CHECK(judged(replaced(mail, "boundary=\"outer\"", "boundary=\"outer\"; protocol=x"), world.trust()) ==
          Judgement::malformed);
    const auto part = "Content-Type: text/html\r\n" + text_part();
    CHECK(judged(world.signed_mail(part), world.trust()) == Judgement::malformed);
}

TEST_CASE("a mail that is written oddly but read alike by all is judged with a warning")
{
    static const World world; // one for all generated cases
    const auto mail = world.signed_mail();
    const auto odd = GENERATE_COPY("Content-Transfer-Encoding: base64\r\n" + mail,
                                   "Content-Transfer-Encoding: quoted-printable\r\n" + mail,
                                   replaced(mail, "boundary=\"outer\"", "boundary=\"outer\"; boundary=outer"),
                                   replaced(mail, "micalg=sha-256", "micalg=sha-256; micalg=sha256"),
                                   replaced(mail, "Transfer-Encoding: base64", "Transfer-Encoding: base64;"));
    const auto verdict = judged(odd, world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "written oddly"));
}

TEST_CASE("lines that mail stores put before a mail are not part of it")
{
    const World world;
    const auto* const before =
        GENERATE("\xef\xbb\xbf", ">From alice Tue Nov 24 10:12:00 2026\r\n",
                 "From alice Tue Nov 24 10:12:00 2026\r\n>From bob Tue Nov 24 10:12:00 2026\r\n");
    CHECK(judged(before + world.signed_mail(), world.trust()) == Judgement::signed_);
}

TEST_CASE("a footer after the base64 of a signature is warned of, whatever the signature's length")
{
    const World world;
    for (const std::string name : {"Alice", "Alice A", "Alice AA", "Alice AAA"}) {
        const auto signer = issue(world.issuer, {.common_name = name});
        const auto signed_mail = world.signed_by(signer, header());
        CHECK(judged(signed_mail, world.trust()).warnings.empty());
        for (const std::string footer :
             {"--\r\nThis mail was scanned by Example Scanner\r\n", "scanned\r\n", "________\r\n", "\xc3\xa9\r\n"}) {
            const auto verdict =
                judged(replaced(signed_mail, "\r\n--outer--", footer + "\r\n--outer--"), world.trust());
            CHECK(verdict == Judgement::signed_);
            CHECK(says(verdict.warnings, "stands behind the signature"));
        }
    }
}

TEST_CASE("a signed multipart that is not closed is malformed")
{
    const World world;
    CHECK(judged(replaced(world.signed_mail(), "--outer--", ""), world.trust()) == Judgement::malformed);
}

TEST_CASE("doubled fields of which readers see only one are malformed")
{
    const World world;
    const auto* const field = GENERATE("Subject: Pay 48000 euros\r\n", "To: eve@evil.example\r\n", "Date: x\r\n");
    CHECK(judged(field + world.signed_mail(), world.trust()) == Judgement::malformed);
}

TEST_CASE("a wrong hash name is warned of, and the signature is judged by its own hash")
{
    const World world;
    const auto verdict = judged(replaced(world.signed_mail(), "micalg=sha-256", "micalg=md5"), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "micalg"));
    for (const std::string name : {"SHA256", "\"SHA-256\"", "unknown", "2.16.840.1.101.3.4.2.1", "\"sha-1, sha-256\"",
                                   "\"sha1,unknown\"", "\"\"", "sha3-256", "x-other"})
        CHECK(
            judged(replaced(world.signed_mail(), "micalg=sha-256", "micalg=" + name), world.trust()).warnings.empty());
}

TEST_CASE("a mail that goes over a limit cannot be checked, and says which, whether signed in the open or not")
{
    const World world;
    std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 10'001; ++i)
        wide += "--b\r\n\r\n\r\n";
    wide += "--b--\r\n";
    std::string deep;
    for (int i = 0; i < 101; ++i)
        deep += "Content-Type: message/rfc822\r\n\r\n";
    const Signing opaque = {.opaque = true};
    for (const auto& [mail, limit, words] : {std::tuple(world.signed_mail(wide), mail::Limit::parts, "10,000 parts"),
                                             std::tuple(world.signed_mail(wide, opaque), mail::Limit::parts, "10,000"),
                                             std::tuple(world.signed_mail(deep), mail::Limit::nesting, "100 deep"),
                                             std::tuple(world.signed_mail(deep, opaque), mail::Limit::nesting, "100"),
                                             std::tuple(deep, mail::Limit::nesting, "100 deep")}) {
        const auto verdict = judged(mail, world.trust());
        CHECK(verdict == Judgement::cannot_be_checked);
        CHECK(verdict.limit == limit);
        CHECK(says(verdict.reasons, words));
        CHECK(verdict.reasons.size() == 1);
    }
    CHECK_FALSE(judged(world.signed_mail(), world.trust()).limit);
}

TEST_CASE("a content to which the signed part only refers is not covered")
{
    const World world;
    const auto* const part = "Content-Type: message/external-body; access-type=URL; "
                             "URL=\"https://evil.example/\"\r\n\r\nContent-Type: text/html\r\n\r\n";
    const auto verdict = judged(world.signed_mail(part), world.trust());
    CHECK(verdict == Judgement::partly_covered);
    CHECK(says(verdict.coverage.not_covered, "kept elsewhere"));
}

TEST_CASE("texts and attachments under the signature are counted")
{
    const World world;
    const std::string payload =
        "Content-Type: multipart/mixed; boundary=in\r\n\r\n"
        "--in\r\nContent-Type: multipart/alternative; boundary=alt\r\n\r\n"
        "--alt\r\n" +
        text_part() +
        "\r\n--alt\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--alt--\r\n"
        "--in\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
        "--in\r\nContent-Type: application/pdf; name=b.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n"
        "--in\r\nContent-Type: message/rfc822\r\n\r\nSubject: old\r\n\r\nx\r\n--in--\r\n";
    const auto verdict = judged(world.signed_mail(payload), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.coverage.text);
    CHECK(verdict.coverage.attachments == 3);
}
