// Signatures that say themselves what their signer was shown, with tokens in memory, a scripted person, the real
// sceau-preview and the head of a journal that the test makes up.

#include "agent/content/attestation.h"
#include "preview/summary_hash.h"
#include "tests/support/signed_attributes.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::Bytes;
using base::ErrorCode;
using mail::cms::OwnAttributes;
using mail::cms::ShownSummary;

namespace {

const Bytes kHead(32, 0x11);

std::optional<Bytes> made_up_head()
{
    return kHead;
}

constexpr std::string_view kContent = "From: Direction <direction@example.org>\r\n"
                                      "To: bank@bank.example\r\n"
                                      "Subject: Payment\r\n"
                                      "Content-Type: text/plain; charset=us-ascii; hp=\"clear\"\r\n"
                                      "\r\n"
                                      "Please pay 48 000 EUR.\r\n";

std::shared_ptr<const base::Result<base::SealedMemory>> sealed_copy(std::string_view content)
{
    return std::make_shared<const base::Result<base::SealedMemory>>(
        base::SealedMemory::copy_of(base::as_bytes(content)));
}

Config attesting(bool attest)
{
    Config config;
    config.attest = attest;
    return config;
}

/// An agent whose policy wants the attributes, or does not, and a person who would sign everything.
class AttestationDesk {
  public:
    explicit AttestationDesk(bool attest = true, Attestation::Head head = made_up_head)
        : bench({token}, attesting(attest), std::chrono::seconds(30), std::move(head))
    {
    }

    ipc::DescribeContent::Parameters question(std::string_view content = kContent) const
    {
        return {.key = Bench::key_of(*token), .locale = "C", .content = sealed_copy(content)};
    }

    /// What the agent answers.
    ipc::DescribeContent::Reply described(std::string_view content = kContent)
    {
        return std::get<ipc::DescribeContent::Reply>(bench.answer_to(question(content)).value());
    }

    ipc::Sign::Parameters request_with(const std::vector<Bytes>& own, std::string_view content = kContent)
    {
        Bytes all;
        for (const Bytes& each : {content_type(), signing_time_at(std::chrono::system_clock::now()),
                                  message_digest(base::hash_of(base::Hash::sha256, base::as_bytes(content))),
                                  signing_certificate(token->keys.front().holder->der())})
            all.insert(all.end(), each.begin(), each.end());
        for (const Bytes& each : own)
            all.insert(all.end(), each.begin(), each.end());
        Bytes attributes = tlv(0x31, {all});
        auto request = bench.request(*token);
        request.digest = bench.digest = base::hash_of(base::Hash::sha256, attributes);
        request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::mail,
                                         .attributes = std::move(attributes),
                                         .content_fd = 0,
                                         .content = sealed_copy(content)};
        return request;
    }

    bool is_signed(const std::vector<Bytes>& own) { return bench.is_good(bench.run(request_with(own)), *token); }

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

    const PinentryScript person{{"pin 123456"}};
    const std::shared_ptr<MemoryToken> token = memory_token("Direction", "direction@example.org");
    Bench bench;
};

Bytes changed(Bytes attribute)
{
    attribute.back() ^= 1;
    return attribute;
}

OwnAttributes read_own(const std::vector<Bytes>& own)
{
    Bytes all;
    for (const Bytes& each : own)
        all.insert(all.end(), each.begin(), each.end());
    return mail::cms::read_signed_attributes(tlv(0x31, {content_type(), message_digest(), all}))->own;
}

preview::Summary some_summary()
{
    preview::Summary summary;
    summary.from = {{.name = "D\u00e9l\u00e9gu\u00e9", .shown = "d@example.org", .address = "d@example.org"}};
    summary.subject = "48\u00a0000 \u20ac";
    summary.texts = {{.form = preview::Form::plain, .lines = {{.text = "Please pay."}}}};
    return summary;
}

} // namespace

TEST_CASE(
    "P18: a mail whose attributes say what was shown is signed, and its journal's head is one that the agent gave out")
{
    AttestationDesk desk;
    const auto described = desk.described();
    REQUIRE(described.attributes.size() == 2);
    REQUIRE(described.shown);
    CHECK(described.shown->level == ipc::Level::proven);
    CHECK(std::ranges::any_of(described.shown->lines,
                              [](const auto& line) { return line.address == "bank@bank.example"; }));
    CHECK(desk.person.times_asked() == 0);
    CHECK(read_own(described.attributes).shown_summary->version == preview::kSummaryVersion);
    CHECK(read_own(described.attributes).journal_head != kHead);
    CHECK(desk.is_signed(described.attributes));
}

TEST_CASE("P18: the policy wants both attributes, right ones, and each head only once")
{
    AttestationDesk desk;
    const auto own = desk.described().attributes;
    REQUIRE(own.size() == 2);
    const auto of_other = desk.described(std::string(kContent) + "More.\r\n").attributes;
    for (const std::vector<Bytes>& some : {std::vector<Bytes>{}, {own[0]}, {own[1]}})
        CHECK_THAT(desk.refusal(desk.request_with(some)), Catch::Contains("policy.attest"));
    CHECK_THAT(desk.refusal(desk.request_with({of_other[0], own[1]})), Catch::Contains("something else is shown"));
    CHECK_THAT(desk.refusal(desk.request_with({changed(own[0]), own[1]})), Catch::Contains("something else is shown"));
    const Bytes later = encode_attribute(ShownSummary{.version = preview::kSummaryVersion + 1, .hash = Bytes(32)});
    CHECK_THAT(desk.refusal(desk.request_with({later, own[1]})), Catch::Contains("another version"));
    for (const Bytes& head : {changed(own[1]), mail::cms::encode_journal_head(kHead)})
        CHECK_THAT(desk.refusal(desk.request_with({own[0], head})), Catch::Contains("not given out"));
    CHECK(desk.is_signed(own));
    const auto again = desk.bench.run(desk.request_with(own));
    REQUIRE_FALSE(again);
    CHECK_THAT(again.error().message, Catch::Contains("not given out"));
}

TEST_CASE("P18: an agent whose policy wants no attributes gives out none, and still signs no wrong ones")
{
    AttestationDesk desk(false);
    const auto described = desk.described();
    CHECK(described.attributes.empty());
    CHECK(described.shown);
    CHECK_THAT(desk.refusal(desk.request_with({encode_attribute(ShownSummary{.version = 1, .hash = Bytes(32)})})),
               Catch::Contains("something else is shown"));
    CHECK_THAT(desk.refusal(desk.request_with({mail::cms::encode_journal_head(Bytes(32))})),
               Catch::Contains("not given out"));
    AttestationDesk other;
    CHECK(desk.is_signed({other.described().attributes.front()})); // the hash is right, whoever made it
}

TEST_CASE("P18: attributes of an unseen content do not say that it was shown")
{
    AttestationDesk desk(GENERATE(true, false));
    auto request = desk.request_with({encode_attribute(ShownSummary{.version = 1, .hash = Bytes(32)})});
    request.evidence->kind = ipc::Evidence::Kind::attributes;
    request.evidence->content = {};
    request.evidence->content_fd = {};
    CHECK_THAT(desk.refusal(request), Catch::Contains("not here to be shown"));
}

TEST_CASE("without a journal a signature says what was shown and no more")
{
    AttestationDesk desk(true, GENERATE(Attestation::Head(), Attestation::Head([] { return std::nullopt; })));
    const auto own = desk.described().attributes;
    REQUIRE(own.size() == 1);
    CHECK(desk.is_signed(own));
}

TEST_CASE("P18: a journal's head serves the connection that it was given to, for ten minutes")
{
    Attestation attestation(true, made_up_head);
    const auto here = std::make_shared<int>();
    auto there = std::make_shared<int>();
    const auto summary = some_summary();
    const auto start = Clock::now();
    const auto given = [&](const Attestation::Connection& to, Clock::time_point at) {
        return read_own(attestation.attributes_for(summary, to, at).value());
    };
    const auto checked = [&](const OwnAttributes& own, const Attestation::Connection& from, Clock::time_point at) {
        return attestation.check(own, summary, from, at);
    };
    const OwnAttributes own = given(here, start);
    CHECK_FALSE(checked(own, there, start));
    const auto salt = checked(own, here, start + Attestation::kTime);
    REQUIRE(salt);
    REQUIRE(*salt);
    Bytes both = **salt;
    both.insert(both.end(), kHead.begin(), kHead.end());
    CHECK(base::hash_of(base::Hash::sha256, both) == own.journal_head);
    CHECK(given(here, start).journal_head != own.journal_head); // of the same head
    CHECK_FALSE(checked(given(here, start), here, start + Attestation::kTime + std::chrono::seconds(1)));
    const OwnAttributes theirs = given(there, start);
    there.reset();
    CHECK_FALSE(checked(theirs, there, start));

    const OwnAttributes first = given(here, start);
    const OwnAttributes second = given(here, start);
    for (std::size_t i = 1; i < Attestation::kMostGivenOut; ++i)
        given(here, start);
    CHECK_FALSE(checked(first, here, start));
    CHECK(checked(second, here, start));
}

TEST_CASE("only attributes are answered without reading where the policy wants none")
{
    AttestationDesk desk(GENERATE(false, true));
    auto question = desk.question();
    question.attributes_only = true;
    const auto reply = std::get<ipc::DescribeContent::Reply>(desk.bench.answer_to(question).value());
    CHECK_FALSE(reply.shown);
    CHECK(reply.attributes.size() == (desk.described().attributes.size()));
}

TEST_CASE("P17 P18: a content that may not be signed is not described either")
{
    AttestationDesk desk;
    const auto error_of = [&](ipc::DescribeContent::Parameters question) {
        const auto reply = desk.bench.answer_to(std::move(question));
        REQUIRE_FALSE(reply);
        return reply.error();
    };
    const std::string from = "From: direction@example.org\r\n";
    CHECK_THAT(error_of(desk.question(from + std::string(kContent))).message, Catch::Contains("From"));
    CHECK_THAT(error_of(desk.question("From: chair@example.org\r\n\r\n")).message, Catch::Contains("chair"));
    CHECK(error_of(desk.question("")).code == ErrorCode::evidence_mismatch);
    auto question = desk.question();
    question.content = {};
    CHECK(error_of(question).parameter == "content_fd");
    question = desk.question();
    question.key = base::KeyId::parse(std::string(64, 'a')).value();
    CHECK(error_of(question).code == ErrorCode::key_not_found);
    CHECK(desk.person.times_asked() == 0);
    CHECK(desk.token->logins == 0);
}

TEST_CASE("P18: the hash of what is shown is the documented one, and changes with each member")
{
    const std::string text =
        "Sceau summary 1\n"
        R"({"from":[{"name":"Délégué","shown":"d@example.org","address":"d@example.org"}],"sender":[],)"
        R"("reply_to":[],"to":[],"cc":[],"subject":"48 000 €","texts":[{"form":"plain",)"
        R"("lines":[{"text":"Please pay.","hidden":false}],"lines_left_out":0,"bytes_left_out":0}],)"
        R"("attachments":[],"invitations":[],"sums":[],"accounts":[],"notes":[]})";
    const auto summary = some_summary();
    CHECK(preview::summary_hash(summary) == base::hash_of(base::Hash::sha256, base::as_bytes(text)));
    auto other = summary;
    other.texts.front().lines.front().hidden = true;
    CHECK(preview::summary_hash(other) != preview::summary_hash(summary));
}
