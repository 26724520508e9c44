// Takes every mail of tests/data/mails through all of signing: it is prepared here, signed and verified by OpenSSL's
// own program, and compared with the original by Python's mail parser.
#include "mail/mime/canonical.h"
#include "mail/mime/judge/verdict.h"
#include "tests/support/corpus.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::tests;

namespace {

/// A key that exists only during the test.
class ThrowawaySigner {
  public:
    ThrowawaySigner()
    {
        const auto made = run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test "
                              "-addext extendedKeyUsage=emailProtection -days 2 -keyout " +
                              key() + " -out " + certificate());
        INFO(made.output);
        REQUIRE(made.status == 0);
    }

    std::string certificate() const { return (scratch_ / "certificate.pem").string(); }

    /// Returns the detached SignedData in DER.
    std::string sign(const std::string& payload)
    {
        write_file(scratch_ / "payload", payload);
        const auto made =
            run("openssl cms -sign -binary -md sha256 -outform DER -signer " + certificate() + " -inkey " + key() +
                " -in " + (scratch_ / "payload").string() + " -out " + (scratch_ / "signature").string());
        INFO(made.output);
        REQUIRE(made.status == 0);
        return contents(scratch_ / "signature");
    }

  private:
    std::string key() const { return (scratch_ / "key.pem").string(); }
    Scratch scratch_;
};

bool is_canonical(std::string_view bytes)
{
    mime::SevenBitGate gate([](std::string_view) -> base::Result<> { return {}; });
    const auto passed = gate.write(bytes);
    INFO((passed ? "" : passed.error().message));
    CHECK(passed);
    const auto newlines = std::ranges::count(bytes, '\n');
    return passed && newlines == std::ranges::count(bytes, '\r');
}

} // namespace

TEST_CASE("every mail of the corpus is signed, verifies with OpenSSL and, according to Python, loses nothing")
{
    ThrowawaySigner signer;
    const Scratch scratch;
    std::size_t count = 0;
    const auto content_path = scratch / "content";
    for (const auto& path : mails_in("mails")) {
        INFO(path.filename().string());
        const auto signed_path = scratch / path.filename().string();
        const auto prepared = prepare_file(path);
        INFO((prepared ? "" : prepared.error().message));
        CHECK(prepared);
        if (!prepared)
            continue;
        const std::string payload = payload_of(*prepared);
        CHECK(is_canonical(payload));
        CHECK(prepared->digest(base::Hash::sha256) == base::hash_of(base::Hash::sha256, base::as_bytes(payload)));

        write_signed_file(*prepared, signer.sign(payload), signed_path);
        CHECK(is_canonical(contents(signed_path)));

        const auto verified = run("openssl cms -verify -CAfile " + signer.certificate() + " -in " +
                                  signed_path.string() + " -out " + content_path.string());
        INFO(verified.output);
        CHECK(verified.status == 0);
        CHECK(contents(content_path) == payload);
        const auto source = Source::open(signed_path);
        REQUIRE(source);
        const auto verdict = mime::judge(*source, {.ca_file = signer.certificate(), .crl_files = {}, .at = {}});
        REQUIRE(verdict);
        INFO((verdict->reasons.empty() ? "" : to_string(verdict->reasons.front().what)));
        CHECK(verdict->judgement > mime::Judgement::changed);
        ++count;
    }
    CHECK(count >= 75);
    const auto compared = run("python3 " SCEAU_SOURCE_DIR "/tests/support/compare_mails.py " +
                              (kData / "mails").string() + " " + (scratch / ".").string());
    INFO(compared.output);
    CHECK(compared.status == 0);
}

TEST_CASE("every mail that cannot be signed is refused with its reason")
{
    std::istringstream table(contents(kData / "mails-refused/reasons.tsv"));
    std::size_t count = 0;
    for (std::string line; std::getline(table, line); ++count) {
        const auto tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        INFO(line);
        const auto prepared = prepare_file(kData / "mails-refused" / line.substr(0, tab));
        CHECK_FALSE(prepared);
        if (prepared)
            continue;
        CHECK(prepared.error().code == base::ErrorCode::bad_message);
        CHECK_THAT(prepared.error().message, Catch::Contains(line.substr(tab + 1)));
    }
    CHECK(count >= 15);
    CHECK(count == mails_in("mails-refused").size());
}

TEST_CASE("a mail that Sceau signed can be signed again and stays what it was")
{
    ThrowawaySigner signer;
    const Scratch scratch;
    const auto once = prepare_file(kData / "mails/html-inline-images.eml");
    REQUIRE(once);
    write_signed_file(*once, signer.sign(payload_of(*once)), scratch / "once.eml");
    const auto twice = prepare_file(scratch / "once.eml");
    REQUIRE(twice);
    CHECK_THAT(payload_of(*twice), Catch::Contains(payload_of(*once)));
    write_signed_file(*twice, signer.sign(payload_of(*twice)), scratch / "twice.eml");
    CHECK(run("openssl cms -verify -CAfile " + signer.certificate() + " -in " + (scratch / "twice.eml").string() +
              " -out /dev/null")
              .status == 0);
}

namespace {

const std::string kBlanks =
    "From: Alice <alice@example.org> \nTo: \n bob@example.net,\t\n  carol@example.net \nSubject: hello  \n"
    "Date: Tue, 24 Nov 2026 09:30:00 +0100\nX-Folded: a \n \t\n b\nX-Empty: \nMIME-Version: 1.0 \n"
    "Content-Type: multipart/mixed; \n boundary=\"b\" \n\nFrom the preamble \n. \n--b \n"
    "Content-Type: text/plain; \n charset=us-ascii \n\nFrom me \n.\n..\nblank \n\t\n-- \nlast \n--b\t\n"
    "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable \n\nsoft = \nFrom=20me\nFrom him \n.\n--b\n"
    "Content-Type: application/pdf \nContent-Transfer-Encoding: base64\n\nJVBE \nRi0x\n\n--b\n"
    "Content-Type: message/rfc822\n\nFrom old Tue Nov 24 09:30:00 2026\nFrom: d@example.org \nSubject: \n x \n\n"
    "From her \n.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a \n\nAction: failed \n"
    "--b-- \nFrom the epilogue \n.\n";

} // namespace

TEST_CASE("a signature survives relays that strip blanks, mail stores that quote From, and unstuffed dots")
{
    ThrowawaySigner signer;
    const Scratch scratch;
    write_file(scratch / "blanks.eml", kBlanks);
    std::size_t count = 0;
    for (const std::filesystem::path& path :
         {std::filesystem::path(scratch / "blanks.eml"), kData / "mails/from-and-dot-lines.eml",
          kData / "mails/trailing-blanks.eml", kData / "mails/quoted-printable-sloppy.eml",
          kData / "mails/preamble-epilogue.eml", kData / "mails/forwarded-from-mbox.eml",
          kData / "mails/headers-folded.eml", kData / "mails/delimiters-with-blanks.eml"}) {
        INFO(path.filename().string());
        const auto prepared = prepare_file(path);
        INFO((prepared ? "" : prepared.error().message));
        REQUIRE(prepared);
        write_signed_file(*prepared, signer.sign(payload_of(*prepared)), scratch / "signed.eml");
        for (const std::string how : {"strip", "mbox", "dots", "lf"}) {
            INFO(how);
            const std::string out = (scratch / (how + std::to_string(++count))).string();
            REQUIRE(run("python3 " SCEAU_SOURCE_DIR "/tests/support/relay.py " + how + " " +
                        (scratch / "signed.eml").string() + " " + out)
                        .status == 0);
            const auto source = Source::open(std::filesystem::path(out));
            REQUIRE(source);
            const auto verdict = mime::judge(*source, {.ca_file = signer.certificate(), .crl_files = {}, .at = {}});
            REQUIRE(verdict);
            INFO((verdict->reasons.empty() ? "" : to_string(verdict->reasons.front().what)));
            CHECK(verdict->judgement > mime::Judgement::changed);
        }
        CHECK(run("openssl cms -verify -CAfile " + signer.certificate() + " -in " + (scratch / "signed.eml").string() +
                  " -out /dev/null")
                  .status == 0);
    }
}

TEST_CASE("no signed line ends with a blank or begins with From or a dot, unless its content may not be altered")
{
    for (const auto& path : mails_in("mails")) {
        INFO(path.filename().string());
        if (contents(path).find("multipart/signed") != std::string::npos ||
            contents(path).find("multipart/encrypted") != std::string::npos ||
            contents(path).find("message/partial") != std::string::npos ||
            contents(path).find("uuencode") != std::string::npos)
            continue;
        const auto prepared = prepare_file(path);
        REQUIRE(prepared);
        const std::string payload = "\r\n" + payload_of(*prepared);
        for (const std::string found : {" \r\n", "\t\r\n", "\nFrom ", "\n."}) {
            INFO(found);
            CHECK(payload.find(found) == std::string::npos);
        }
    }
}

TEST_CASE("the comparison with the original notices lost letters, a lost field and a lost part")
{
    const Scratch scratch;
    const auto prepared = prepare_file(kData / "mails/preamble-epilogue.eml");
    REQUIRE(prepared);
    write_signed_file(*prepared, "no signature", scratch / "preamble-epilogue.eml");
    const std::string mail = contents(scratch / "preamble-epilogue.eml");
    const auto comparison_without = [&](const std::string& text) {
        std::string altered = mail;
        const auto at = altered.rfind(text);
        REQUIRE(at != std::string::npos);
        altered.erase(at, text.size());
        write_file(scratch / "preamble-epilogue.eml", altered);
        return run("python3 " SCEAU_SOURCE_DIR "/tests/support/compare_mails.py " + (kData / "mails").string() + " " +
                   (scratch / ".").string())
            .status;
    };
    CHECK(comparison_without("") == 0);
    CHECK(comparison_without("ir") == 1);
    CHECK(comparison_without("To: Bob <bob@example.net>\r\n") == 1);
    CHECK(comparison_without("--p\r\n\r\nsecond\r\n") == 1);
}
