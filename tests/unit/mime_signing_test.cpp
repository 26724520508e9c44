#include "mail/mime/parse/values.h"
#include "mail/mime/sign/signing.h"
#include "tests/support/mime_text.h"
#include "tests/support/scratch.h"

#include <catch2/catch.hpp>
#include <fcntl.h>

#include <charconv>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::mail::mime;
using namespace sceau::tests;

namespace {

Prepared prepared(std::string_view mail)
{
    auto result = prepare(source_of(mail));
    INFO((result ? "" : result.error().message));
    REQUIRE(result);
    return std::move(*result);
}

std::string signed_mail(const Prepared& mail, base::Hash hash, base::BytesView signature)
{
    const Scratch scratch;
    const auto path = scratch / "signed.eml";
    const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(fd);
    REQUIRE(write_signed(mail, hash, signature, fd.value()));
    return contents(path);
}

const std::string kHeader = "From: Alice <alice@example.org>\nTo: bob@example.net\nSubject: hi\n"
                            "Date: Tue, 24 Nov 2026 09:30:00 +0100\nMessage-ID: <1@example.org>\n";

} // namespace

TEST_CASE("the payload is the content with the header fields copied in front and marked as protected")
{
    const Prepared mail = prepared("Received: from a by b\n" + kHeader +
                                   "Bcc: secret@example.com\nMIME-Version: 1.0\n"
                                   "Content-Type: text/plain; charset=us-ascii\nContent-Language: en\n\nhello\n");
    CHECK(mail.outer_header == "Received: from a by b\r\n"
                               "From: Alice <alice@example.org>\r\n"
                               "To: bob@example.net\r\n"
                               "Subject: hi\r\n"
                               "Date: Tue, 24 Nov 2026 09:30:00 +0100\r\n"
                               "Message-ID: <1@example.org>\r\n"
                               "Bcc: secret@example.com\r\n"
                               "MIME-Version: 1.0\r\n");
    CHECK(text_of(mail.payload) == "From: Alice <alice@example.org>\r\n"
                                   "To: bob@example.net\r\n"
                                   "Subject: hi\r\n"
                                   "Date: Tue, 24 Nov 2026 09:30:00 +0100\r\n"
                                   "Message-ID: <1@example.org>\r\n"
                                   "Content-Type: text/plain; charset=us-ascii;\r\n hp=\"clear\"\r\n"
                                   "Content-Language: en\r\n"
                                   "\r\n"
                                   "hello\r\n");
}

TEST_CASE("a mail's author, sender and subject are read from it")
{
    const Prepared mail = prepared("From: Alice <alice@example.org>, bob@example.org\nSender: office@example.org\n"
                                   "Subject: =?utf-8?Q?=C3=A9t=C3=A9?=\n\nhello\n");
    CHECK(mail.from == std::vector<std::string>{"alice@example.org", "bob@example.org"});
    CHECK(mail.sender == "office@example.org");
    CHECK(mail.subject == "\xC3\xA9t\xC3\xA9");
    CHECK(prepared(kHeader + "\n").sender == std::nullopt);
}

TEST_CASE("a Date and a Message-ID that are missing are added, the same outside and under the signature")
{
    const Prepared mail = prepared("From: alice@b\xC3\xBC"
                                   "cher.example\nSubject: hi\n\nhello\n");
    const auto date = mail.outer_header.find("Date: ");
    REQUIRE(date != std::string::npos);
    const std::string added = mail.outer_header.substr(date, mail.outer_header.find("MIME-Version") - date);
    CHECK_THAT(added, Catch::Contains("\r\nMessage-ID: <"));
    CHECK_THAT(added, Catch::EndsWith("@xn--bcher-kva.example>\r\n"));
    CHECK_THAT(text_of(mail.payload), Catch::Contains(added));
}

TEST_CASE("a mail store's line above the header is not sent")
{
    const Prepared mail = prepared("From alice@example.org Tue Nov 24 09:30:00 2026\n" + kHeader + "\nhello\n");
    CHECK_THAT(mail.outer_header, Catch::StartsWith("From: Alice"));
    CHECK_THAT(text_of(mail.payload), Catch::StartsWith("From: Alice"));
}

TEST_CASE("in a multipart only necessary changes are made")
{
    const std::string kept = "Content-Type: text/html;   charset=us-ascii\nX-Odd:\tkept  \n\n<p>kept</p>\n";
    const Prepared mail =
        prepared(kHeader +
                 "Content-Type: multipart/mixed; boundary=b\n"
                 "Content-Transfer-Encoding: 8bit\n\nFrom me: preamble  \n.\n--b \n" +
                 kept + "--b\nContent-Type: text/plain; charset=utf-8\n\n\xC3\xA9\n--b-- \n\t\nFrom: epilogue ");
    const std::string payload = text_of(mail.payload);
    CHECK_THAT(payload,
               Catch::EndsWith("Content-Type: multipart/mixed; boundary=b;\r\n hp=\"clear\"\r\n"
                               "Content-Transfer-Encoding: 7bit\r\n\r\n From me: preamble\r\n .\r\n--b\r\n"
                               "Content-Type: text/html;   charset=us-ascii\r\nX-Odd:\tkept\r\n\r\n"
                               "<p>kept</p>\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
                               "Content-Transfer-Encoding: base64\r\n\r\nw6k=\r\n\r\n--b--\r\n\r\nFrom: epilogue"));
}

TEST_CASE("blanks at line ends are removed only where they have no meaning: in reports, but not in signed content")
{
    const Prepared mail = prepared(kHeader + "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                                             "Content-Type: message/delivery-status \n\nReporting-MTA: dns; a \n \n"
                                             "Action: failed\t\n--b\nContent-Type: message/rfc822\n\n"
                                             "From old@example.org Tue Nov 24 09:30:00 2026\nSubject: x \n\nFrom y\n"
                                             "--b--\n");
    CHECK_THAT(text_of(mail.payload),
               Catch::Contains("--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
                               "Action: failed\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n"
                               "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                               "From=20y\r\n--b--"));
}

TEST_CASE("a Date more than a quarter of an hour off moves to the signature, outside and inside, if it may")
{
    const std::chrono::system_clock::time_point moment =
        std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::hours(8) + std::chrono::minutes(30);
    const auto at = [&](std::chrono::minutes distance, const std::string& date = "Tue, 24 Nov 2026 09:30:00 +0100") {
        auto result = prepare(source_of("From: alice@example.org\ndate: " + date + "\n\nhello\n"), moment + distance);
        REQUIRE(result);
        return std::move(*result);
    };
    for (const int minutes : {-15, 0, 15}) {
        const Prepared mail = at(std::chrono::minutes(minutes));
        CHECK(mail.old_date == std::nullopt);
        CHECK_THAT(mail.outer_header, Catch::Contains("date: Tue, 24 Nov 2026 09:30:00 +0100\r\n"));
    }
    for (const int minutes : {-16, 16, 180, 600'000}) {
        const Prepared mail = at(std::chrono::minutes(minutes));
        CHECK(mail.old_date == "Tue, 24 Nov 2026 09:30:00 +0100");
        CHECK(read_date(mail.date) == std::chrono::system_clock::to_time_t(moment) + minutes * 60);
        CHECK_THAT(mail.outer_header, Catch::Contains("date: " + mail.date + "\r\n"));
        CHECK_THAT(text_of(mail.payload), Catch::Contains("date: " + mail.date + "\r\n"));
        CHECK_THAT(mail.outer_header, !Catch::Contains("09:30:00 +0100"));
    }
    CHECK(at({}, "some day").old_date == "some day");
    CHECK(prepared("From: a@example.org\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\nhello\n").old_date == std::nullopt);
}

TEST_CASE("signed or encrypted content is not altered, nor is the message that carries it")
{
    const std::string sealed = "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n"
                               "Content-Transfer-Encoding: 8bit\r\n\r\nFrom me, with a blank \r\n--s\r\n"
                               "Content-Type: application/pgp-signature\r\n\r\nabc \r\n--s--\r\n";
    for (const std::string& part :
         {sealed, "Content-Type: message/rfc822\r\n\r\nFrom: c@example.com\r\nX: y \r\n" + sealed,
          "Content-Type: message/rfc822\r\n\r\nFrom: c@example.com\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
          "--m\r\n\r\nblank \r\n--m\r\n" +
              sealed + "\r\n--m--\r\n"}) {
        const Prepared mail =
            prepared(kHeader + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + part + "\n--b--\n");
        CHECK_THAT(text_of(mail.payload), Catch::Contains("--b\r\n" + part + "\r\n--b--"));
    }
}

TEST_CASE("the signed mail is multipart-signed as RFC 8551 section 3.5.3 specifies")
{
    const Prepared mail = prepared(kHeader + "\nhello\n");
    const base::Bytes signature(100, 0xAB);
    const std::string text = signed_mail(mail, base::Hash::sha384, signature);
    const auto begin = text.find("boundary=\"") + 10;
    const std::string boundary = text.substr(begin, text.find('"', begin) - begin);
    CHECK(boundary.size() >= 32);
    const std::string base64 = base::to_base64(signature);
    CHECK(text == mail.outer_header +
                      "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
                      " micalg=sha-384; boundary=\"" +
                      boundary + "\"\r\n\r\nThis is an S/MIME signed message.\r\n\r\n--" + boundary + "\r\n" +
                      text_of(mail.payload) + "\r\n--" + boundary +
                      "\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
                      "Content-Transfer-Encoding: base64\r\n"
                      "Content-Disposition: attachment; filename=smime.p7s\r\n\r\n" +
                      base64.substr(0, 76) + "\r\n" + base64.substr(76) + "\r\n--" + boundary + "--\r\n");
    CHECK(signed_mail(mail, base::Hash::sha384, signature) != text); // every boundary is new
}

TEST_CASE("the digest is the payload's, by each hash")
{
    const Prepared mail = prepared(kHeader + "\nhello\n");
    const std::string payload = text_of(mail.payload);
    for (const base::Hash hash : {base::Hash::sha256, base::Hash::sha384, base::Hash::sha512})
        CHECK(mail.digest(hash) == base::hash_of(hash, base::as_bytes(payload)));
}

TEST_CASE("a mail that cannot be written is an error of input and output")
{
    const Prepared mail = prepared(kHeader + "\nhello\n");
    const base::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    REQUIRE(full);
    const auto written = write_signed(mail, base::Hash::sha256, {}, full.value());
    REQUIRE_FALSE(written);
    CHECK(written.error().code == base::ErrorCode::io);
}

namespace {

/// Returns a value from /proc/self/status in kB.
long memory(const std::string& name)
{
    const std::string status = contents("/proc/self/status");
    const auto at = status.find(name + ":");
    REQUIRE(at != std::string::npos);
    const auto digits = status.find_first_of("0123456789", at);
    long value = 0;
    std::from_chars(status.data() + digits, status.data() + status.size(), value);
    return value;
}

/// Writes 50 MB: text that is re-encoded, and an attachment that is not.
void write_large_mail(const std::filesystem::path& path)
{
    std::ofstream file(path, std::ios::binary);
    file << kHeader << "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n";
    for (int i = 0; i < 100'000; ++i)
        file << "une ligne accentu\xC3\xA9"
                "e \n";
    file << "--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n";
    const std::string line = std::string(76, 'A') + "\n";
    for (int i = 0; i < 650'000; ++i)
        file << line;
    file << "--b--\n";
}

} // namespace

TEST_CASE("memory does not grow with an attachment of 50 MB")
{
    const Scratch scratch;
    write_large_mail(scratch / "large.eml");
    write_file("/proc/self/clear_refs", "5"); // resets the peak (proc(5))
    const long before = memory("VmRSS");

    auto source = Source::open(scratch / "large.eml");
    REQUIRE(source);
    CHECK(source->size() > 50'000'000);
    const auto mail = prepare(*source);
    REQUIRE(mail);
    CHECK(mail->payload.size() > 50'000'000);
    REQUIRE(mail->digest(base::Hash::sha256));
    const auto out = temporary_file();
    REQUIRE(out);
    REQUIRE(write_signed(*mail, base::Hash::sha256, base::Bytes(2000), out->value()));

    const long growth = memory("VmHWM") - before;
    INFO("grew by " << growth << " kB");
#ifndef SCEAU_SANITIZED // sanitizers keep freed memory
    CHECK(growth < 24'000);
#endif
}
