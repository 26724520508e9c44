// What a client says of the content, with tokens in memory, a scripted person and the real sceau-preview: what fits is
// proven, what does not is refused with its own reason before anybody is asked.

#include "tests/support/signed_attributes.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>
#include <openssl/x509.h>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;

namespace {

std::shared_ptr<const base::Result<base::SealedMemory>> sealed(std::string_view content)
{
    return std::make_shared<const base::Result<base::SealedMemory>>(
        base::SealedMemory::copy_of(base::as_bytes(content)));
}

base::Bytes signing_time_in(std::chrono::seconds from_now)
{
    return signing_time_at(std::chrono::system_clock::now() + from_now);
}

base::Bytes digest_of(std::string_view content)
{
    return base::hash_of(base::Hash::sha256, base::as_bytes(content));
}

constexpr std::string_view kFrom = "From: Direction <direction@example.org>\r\n";

std::string mail_with(std::string_view fields)
{
    return std::string(fields) + "Date: Mon, 30 Nov 2026 10:00:00 +0100\r\n"
                                 "Content-Type: text/plain; charset=us-ascii; hp=\"clear\"\r\n"
                                 "\r\n"
                                 "Please pay 48 000 EUR.\r\n";
}

Config config_with(Blind blind)
{
    Config config;
    config.blind = blind;
    return config;
}

/// An agent, a token and a person who would sign everything.
class Desk {
  public:
    explicit Desk(Blind blind = Blind::ask) : Desk(config_with(blind)) {}
    explicit Desk(Config config) : bench({token}, std::move(config)) {}

    base::Bytes certificate() const { return token->keys.front().holder->der(); }

    base::Bytes attributes_for(std::string_view content) const
    {
        return attributes_of({content_type(), signing_time_in({}), message_digest(digest_of(content)),
                              signing_certificate(certificate())});
    }

    ipc::Sign::Parameters request_with(base::Bytes attributes, std::string_view content)
    {
        auto request = bench.request(*token);
        request.digest = bench.digest = base::hash_of(base::Hash::sha256, attributes);
        request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::mail,
                                         .attributes = std::move(attributes),
                                         .content_fd = 0,
                                         .content = sealed(content)};
        return request;
    }

    ipc::Sign::Parameters request_for(std::string_view content)
    {
        return request_with(attributes_for(content), content);
    }

    /// Why a request was refused, without a question or a try.
    std::string refusal(ipc::Sign::Parameters request)
    {
        const auto reply = bench.run(std::move(request));
        CHECK(person.times_asked() == 0);
        CHECK(token->logins == 0);
        if (reply)
            return "it was signed";
        CHECK(reply.error().code == ErrorCode::evidence_mismatch);
        return reply.error().message;
    }
    std::string refusal(std::string_view content) { return refusal(request_for(content)); }

    const PinentryScript person{{"pin 123456"}};
    const std::shared_ptr<MemoryToken> token = memory_token("Direction", "direction@example.org");
    Bench bench;
};

base::Bytes certification_request(const base::Bytes& certificate)
{
    const unsigned char* position = certificate.data();
    X509* parsed = d2i_X509(nullptr, &position, static_cast<long>(certificate.size()));
    X509_REQ* request = X509_to_X509_REQ(parsed, nullptr, nullptr);
    unsigned char* der = nullptr;
    const int size = i2d_re_X509_REQ_tbs(request, &der);
    base::Bytes info(der, der + size);
    OPENSSL_free(der);
    X509_REQ_free(request);
    X509_free(parsed);
    return info;
}

} // namespace

TEST_CASE("P17: a mail that fits what is signed is proven, also where unseen signatures are forbidden")
{
    Desk desk(GENERATE(Blind::ask, Blind::deny));
    const std::string content = mail_with(std::string(kFrom) + "To: bank@bank.example\r\nSubject: Payment\r\n");
    CHECK(desk.bench.is_good(desk.bench.run(desk.request_for(content)), *desk.token));
    CHECK(desk.bench.calls.back()->stream.states() == std::vector<std::string>{"preview", "pin", "signing"});
}

TEST_CASE("P17: content or attributes other than what is signed are refused")
{
    Desk desk;
    const std::string content = mail_with(kFrom);
    SECTION("another content")
    {
        CHECK_THAT(desk.refusal(desk.request_with(desk.attributes_for(content), content + "!")),
                   Catch::Contains("not the one that the attributes name"));
    }
    SECTION("other attributes")
    {
        auto request = desk.request_for(content);
        request.digest[0] ^= 1;
        CHECK_THAT(desk.refusal(request), Catch::Contains("the digest is not that of the signed attributes"));
    }
    SECTION("two digests")
    {
        const base::Bytes digest = message_digest(digest_of(content));
        CHECK_THAT(desk.refusal(desk.request_with(attributes_of({content_type(), signing_time_in({}), digest, digest,
                                                                 signing_certificate(desk.certificate())}),
                                                  content)),
                   Catch::Contains("have one of them twice"));
    }
    SECTION("another content type")
    {
        const base::Bytes attributes =
            attributes_of({content_type("06092a864886f70d010702"), signing_time_in({}),
                           message_digest(digest_of(content)), signing_certificate(desk.certificate())});
        CHECK_THAT(desk.refusal(desk.request_with(attributes, content)), Catch::Contains("id-data"));
    }
    SECTION("the certificate of another")
    {
        const auto other = memory_token("Other", "direction@example.org");
        const base::Bytes attributes =
            attributes_of({content_type(), signing_time_in({}), message_digest(digest_of(content)),
                           signing_certificate(other->keys.front().holder->der())});
        CHECK_THAT(desk.refusal(desk.request_with(attributes, content)), Catch::Contains("certificate of another key"));
    }
    SECTION("no certificate")
    {
        const base::Bytes attributes =
            attributes_of({content_type(), signing_time_in({}), message_digest(digest_of(content))});
        CHECK_THAT(desk.refusal(desk.request_with(attributes, content)),
                   Catch::Contains("do not name the certificate"));
    }
    SECTION("no time")
    {
        const base::Bytes attributes = attributes_of(
            {content_type(), message_digest(digest_of(content)), signing_certificate(desk.certificate())});
        CHECK_THAT(desk.refusal(desk.request_with(attributes, content)), Catch::Contains("do not say when"));
    }
    SECTION("a time that is off")
    {
        for (const int minutes : {-11, 11}) {
            const base::Bytes attributes =
                attributes_of({content_type(), signing_time_in(std::chrono::minutes(minutes)),
                               message_digest(digest_of(content)), signing_certificate(desk.certificate())});
            CHECK_THAT(desk.refusal(desk.request_with(attributes, content)), Catch::Contains("10 minutes off"));
        }
    }
}

TEST_CASE("P17: a mail from somebody else is refused, and one on behalf of somebody says so")
{
    Desk desk;
    SECTION("From is somebody else")
    {
        CHECK_THAT(desk.refusal(mail_with("From: Chair <chair@example.org>\r\n")),
                   Catch::Contains("chair@example.org"));
    }
    SECTION("the name in From is not its address")
    {
        CHECK_THAT(desk.refusal(mail_with("From: \"direction@example.org\" <eve@example.net>\r\n")),
                   Catch::Contains("eve@example.net"));
    }
    SECTION("nobody is there")
    {
        CHECK_THAT(desk.refusal(mail_with("Subject: none\r\n")), Catch::Contains("does not say who it is from"));
    }
    SECTION("the sender signs on behalf of the author")
    {
        const auto request =
            desk.request_for(mail_with("From: chair@example.org\r\nSender: direction@example.org\r\n"));
        CHECK(desk.bench.is_good(desk.bench.run(request), *desk.token));
    }
}

TEST_CASE("P17: a mail that others might read in another way is refused")
{
    Desk desk;
    const std::string from(kFrom);
    SECTION("two From")
    {
        CHECK_THAT(desk.refusal(mail_with(from + from)), Catch::Contains("From"));
    }
    SECTION("two Subject")
    {
        CHECK_THAT(desk.refusal(mail_with(from + "Subject: one\r\nSubject: two\r\n")), Catch::Contains("Subject"));
    }
    SECTION("two Content-Type")
    {
        CHECK_THAT(desk.refusal(mail_with(from + "Content-Type: text/html\r\n")), !Catch::Contains("it was signed"));
    }
    SECTION("5,000 recipients")
    {
        std::string to = "To: a@example.org";
        for (int i = 1; i < 5000; ++i)
            to += ",\r\n a" + std::to_string(i) + "@example.org";
        CHECK_THAT(desk.refusal(mail_with(from + to + "\r\n")), Catch::Contains("recipients"));
    }
    SECTION("a header of 10 MB")
    {
        std::string fields = from;
        while (fields.size() < 10'000'000)
            fields += "X-Filler: " + std::string(900, 'x') + "\r\n";
        CHECK_THAT(desk.refusal(mail_with(fields)), !Catch::Contains("it was signed"));
    }
    SECTION("parts 10,000 deep")
    {
        std::string content = from;
        for (int i = 0; i < 10000; ++i)
            content += "Content-Type: multipart/mixed; boundary=" + std::to_string(i) + "\r\n\r\n--" +
                       std::to_string(i) + "\r\n";
        CHECK_THAT(desk.refusal(content), !Catch::Contains("it was signed"));
    }
    SECTION("what is not UTF-8 in From")
    {
        CHECK_THAT(desk.refusal(mail_with("From: \xff\xfe <direction@example.org>\r\n")),
                   !Catch::Contains("it was signed"));
    }
    SECTION("no mail at all")
    {
        CHECK_THAT(desk.refusal(std::string(100000, '\0')), !Catch::Contains("it was signed"));
    }
    SECTION("nothing at all")
    {
        CHECK_THAT(desk.refusal(std::string_view()), !Catch::Contains("it was signed"));
    }
}

TEST_CASE("P17: evidence that lacks something is refused by its name")
{
    Desk desk;
    auto request = desk.request_for(mail_with(kFrom));
    SECTION("the content")
    {
        request.evidence->content.reset();
        CHECK(desk.bench.run(request).error().parameter == "evidence.content_fd");
    }
    SECTION("the attributes")
    {
        request.evidence->attributes.reset();
        CHECK(desk.bench.run(request).error().parameter == "evidence.attributes");
    }
    SECTION("too many claimed recipients")
    {
        request.evidence->bcc.emplace(2001, "a@example.org");
        CHECK(desk.bench.run(request).error().parameter == "evidence.bcc");
    }
    SECTION("a claimed recipient of any length")
    {
        request.evidence->bcc.emplace(1, std::string(1000, 'a') + "@example.org");
        CHECK(desk.bench.run(request).error().parameter == "evidence.bcc");
    }
    CHECK(desk.person.times_asked() == 0);
}

TEST_CASE("a subject with characters that turn its direction is shown without them")
{
    Desk desk;
    const auto request = desk.request_for(mail_with(std::string(kFrom) + "Subject: pay\xe2\x80\xae"
                                                                         "fdp\r\n"));
    CHECK(desk.bench.is_good(desk.bench.run(request), *desk.token));
    CHECK(desk.person.log().find("\xe2\x80\xae") == std::string::npos);
}

TEST_CASE("P17: a request for a certificate is proven if it is for the key that signs it")
{
    Desk desk;
    auto request = desk.bench.request(*desk.token);
    base::Bytes info = certification_request(desk.certificate());
    SECTION("for this key")
    {
        request.digest = desk.bench.digest = base::hash_of(base::Hash::sha256, info);
        request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::request, .request = info};
        CHECK(desk.bench.is_good(desk.bench.run(request), *desk.token));
        return;
    }
    SECTION("for another key")
    {
        const auto other = memory_token("Other", "direction@example.org");
        info = certification_request(other->keys.front().holder->der());
    }
    SECTION("with something behind it")
    {
        info.push_back(0);
    }
    SECTION("not a request")
    {
        info = {0x30, 0x00};
    }
    request.digest = base::hash_of(base::Hash::sha256, info);
    request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::request, .request = info};
    CHECK_THAT(desk.refusal(request), !Catch::Contains("it was signed"));
    request.digest[0] ^= 1;
    CHECK_THAT(desk.refusal(request), Catch::Contains("digest"));
}

TEST_CASE("a recipient to whom nothing was signed before is marked, and one outside the sender's domain")
{
    Desk desk;
    desk.person.will_answer({"pin 123456", "cancel", "pin 123456", "pin 123456"});
    const auto marks = [&](const std::string& to) {
        const std::size_t before = desk.person.log().size();
        const auto request = desk.request_for(mail_with(std::string(kFrom) + "To: " + to + "\r\n"));
        const bool is_signed = desk.bench.run(request).has_value();
        const std::string log = desk.person.log().substr(before);
        return std::string(is_signed ? "signed" : "cancelled") +
               (log.find("FIRST TIME") != std::string::npos ? ", first time" : "") +
               (log.find("OUTSIDE example.org") != std::string::npos ? ", outside" : "");
    };
    CHECK(marks("bank@bank.example") == "signed, first time, outside");
    CHECK(marks("colleague@example.org") == "cancelled, first time");
    CHECK(marks("colleague@example.org") == "signed, first time"); // nothing was signed to them yet
    CHECK(marks("Colleague <COLLEAGUE@Example.org>, bank@bank.example") == "signed, outside");
}

TEST_CASE("P12: a mail to another domain is signed only after the word that the policy wants was typed")
{
    Config config;
    config.recipients = {.domains = {"example.org"}, .others = OtherRecipients::confirm};
    Desk desk(std::move(config));
    const auto request =
        desk.request_for(mail_with(std::string(kFrom) + "To: colleague@example.org, eve@elsewhere.example\r\n"));
    SECTION("the word is typed, the second time, and the mail is shown")
    {
        desk.person.will_answer({"pin 123456", "pin send", "pin 123456"});
        CHECK(desk.bench.is_good(desk.bench.run(request), *desk.token));
        CHECK(desk.person.times_asked() == 3);
        CHECK(desk.token->logins == 1);
        CHECK_THAT(desk.person.log(), Catch::Contains("GOES OUTSIDE YOUR ORGANISATION") &&
                                          Catch::Contains("elsewhere.example") && Catch::Contains("48 000 EUR"));
    }
    SECTION("the person cancels")
    {
        desk.person.will_answer({"cancel"});
        CHECK(desk.bench.run(request).error().code == ErrorCode::cancelled);
        CHECK(desk.token->logins == 0);
    }
    SECTION("a mail within the organisation costs one PIN")
    {
        const auto inside = desk.request_for(mail_with(std::string(kFrom) + "To: colleague@example.org\r\n"));
        CHECK(desk.bench.is_good(desk.bench.run(inside), *desk.token));
        CHECK(desk.person.times_asked() == 1);
    }
}
