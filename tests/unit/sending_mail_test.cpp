// A mail on its way through clients/sending, once with a scripted agent and once with one on a socket.
#include "clients/sending/agent_connection.h"
#include "clients/sending/outgoing_mail.h"
#include "mail/cms/certificate.h"
#include "mail/cms/signed_attributes.h"
#include "mail/mime/judge/verdict.h"
#include "tests/support/fake_agent.h"

#include <catch2/catch.hpp>
#include <sys/eventfd.h>

#include <thread>

using namespace sceau;
using namespace sceau::sending;
using test::Identity;

namespace {

const Moment kToday = test::moment("20270101000000Z");

Identity identity_of(const std::string& address, const char* not_before = "20260101000000Z")
{
    return test::self_signed({.extensions = test::person_extensions("email:" + address), .not_before = not_before});
}

ipc::Key listed(const Identity& identity)
{
    const auto facts = *mail::cms::read_certificate(identity.der());
    ipc::Key key;
    key.id = facts.key;
    key.certificate = identity.der();
    key.addresses = facts.addresses;
    key.schemes = facts.schemes;
    return key;
}

/// Signs with software keys, and lists what the test sets.
class ScriptedAgent : public Agent {
  public:
    Outcome<ipc::ListTokens::Reply> list_tokens(const ipc::ListTokens::Parameters&) override { return seen; }

    Outcome<ipc::ListKeys::Reply> list_keys(const ipc::ListKeys::Parameters& parameters) override
    {
        refreshes += parameters.refresh.value_or(false) ? 1 : 0;
        ipc::ListKeys::Reply reply;
        for (const Identity* identity : parameters.refresh.value_or(false) ? after_a_look : listed_first)
            reply.keys.push_back(listed(*identity));
        return reply;
    }

    Outcome<ipc::DescribeContent::Reply> describe_content(const ipc::DescribeContent::Parameters& parameters) override
    {
        CHECK((parameters.content && *parameters.content));
        if (refusal)
            return std::unexpected(*refusal);
        return ipc::DescribeContent::Reply{.attributes = wanted};
    }

    Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress) override
    {
        ++requests;
        last = request;
        for (const Identity* identity : after_a_look)
            if (listed(*identity).id == request.key && identity != without_key) {
                on_progress({.state = ipc::State::signing});
                return test::sign_digest(*identity, request.scheme, request.digest);
            }
        listed_first = after_a_look;
        std::erase(listed_first, without_key);
        return std::unexpected(base::key_not_found("the token does not have it"));
    }

    std::vector<const Identity*> listed_first;
    std::vector<const Identity*> after_a_look;
    const Identity* without_key = nullptr; // its certificate is there without the private key
    std::vector<base::Bytes> wanted;       // attributes
    std::optional<base::Error> refusal;    // of DescribeContent
    ipc::Sign::Parameters last;
    ipc::ListTokens::Reply seen;
    int refreshes = 0;
    int requests = 0;
};

mail::Source mail_from(const std::string& address)
{
    const std::string text = "From: " + address + "\r\nTo: bob@example.org\r\nSubject: Invoice\r\n\r\nPlease pay.\r\n";
    return mail::Source::of_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).value();
}

OutgoingMail drafted(const std::string& address = "alice@example.org", MailOptions options = {})
{
    options.now = kToday;
    return draft(mail_from(address), options).value();
}

struct Sent {
    base::UniqueFd fd = mail::temporary_file().value();
    std::vector<KeyChosen> chosen = {};
    std::vector<ipc::State> states = {};

    Outcome<ipc::Key> send(const OutgoingMail& mail, Agent& agent)
    {
        return sign(mail, agent, fd.value(), [this](const Stage& stage) {
            if (const auto* key = std::get_if<KeyChosen>(&stage))
                chosen.push_back(*key);
            else
                states.push_back(std::get<ipc::Progress>(stage).state);
        });
    }

    mail::Source written() { return mail::Source::open(std::move(fd)).value(); }
};

template <class Reason>
bool failed_for(const Outcome<ipc::Key>& outcome)
{
    return !outcome && std::holds_alternative<Reason>(outcome.error());
}

base::ErrorCode error_of(const Outcome<ipc::Key>& outcome)
{
    return std::get<base::Error>(outcome.error()).code;
}

} // namespace

TEST_CASE("a mail is signed by its sender's key, and verifies")
{
    const Identity alice = identity_of("alice@example.org");
    const Identity bob = identity_of("bob@example.org");
    ScriptedAgent agent;
    agent.listed_first = agent.after_a_look = {&bob, &alice};
    Sent sent;
    const auto key = sent.send(drafted(), agent);
    REQUIRE(key);
    CHECK(key->id == listed(alice).id);
    REQUIRE(sent.chosen.size() == 1);
    CHECK(sent.chosen.front().key.id == key->id);
    CHECK(sent.states == std::vector{ipc::State::signing});
    CHECK(agent.refreshes == 0);
    const test::TemporaryFolder folder;
    mail::cms::TrustOptions trust;
    trust.ca_file = folder.write("ca", test::to_pem(alice.certificate.get()));
    trust.at = kToday;
    const auto verdict = mail::mime::judge(sent.written(), trust);
    REQUIRE(verdict);
    CHECK(verdict->judgement == mail::mime::Judgement::signed_);
}

TEST_CASE("P18: the attributes that the agent wants are among the signed ones")
{
    const Identity alice = identity_of("alice@example.org");
    ScriptedAgent agent;
    agent.listed_first = agent.after_a_look = {&alice};
    Sent sent;
    mail::cms::OwnAttributes own;
    SECTION("an agent that wants none") {}
    SECTION("an agent that does not know the question")
    {
        agent.refusal = base::method_not_found("org.sceau.Agent.DescribeContent");
    }
    SECTION("an agent that wants them")
    {
        own = {.shown_summary = mail::cms::ShownSummary{.version = 1, .hash = base::Bytes(32, 1)},
               .journal_head = base::Bytes(32, 2)};
        agent.wanted = {encode_attribute(*own.shown_summary), mail::cms::encode_journal_head(*own.journal_head)};
    }
    REQUIRE(sent.send(drafted(), agent));
    CHECK(mail::cms::read_signed_attributes(*agent.last.evidence->attributes)->own == own);
    const auto verdict = mail::mime::judge(sent.written(), {});
    REQUIRE((verdict && verdict->signer() != nullptr));
    CHECK(verdict->signer()->own == own);
}

TEST_CASE("a content that the agent refuses to describe is not signed")
{
    const Identity alice = identity_of("alice@example.org");
    ScriptedAgent agent;
    agent.listed_first = agent.after_a_look = {&alice};
    agent.refusal = base::evidence_mismatch("the content has too many parts");
    Sent sent;
    CHECK(error_of(sent.send(drafted(), agent)) == base::ErrorCode::evidence_mismatch);
    CHECK(agent.requests == 0);
}

TEST_CASE("if the token turns out not to have the key, the sender's other key signs")
{
    const Identity newest = identity_of("alice@example.org", "20260801000000Z");
    const Identity old = identity_of("alice@example.org");
    ScriptedAgent agent;
    agent.listed_first = agent.after_a_look = {&old, &newest};
    agent.without_key = &newest;
    Sent sent;
    const auto key = sent.send(drafted(), agent);
    REQUIRE(key);
    CHECK(key->id == listed(old).id);
    REQUIRE(sent.chosen.size() == 2);
    CHECK_FALSE(sent.chosen.front().is_second);
    CHECK(sent.chosen.back().is_second);
    CHECK(sent.written().size() > 0);
}

TEST_CASE("if the only key is not on its token, nobody is asked twice and nothing is written")
{
    const Identity alice = identity_of("alice@example.org");
    test::FakeAgent fake;
    fake.plug("one", {&alice});
    fake.refuse(base::key_not_found("the token does not have it"));
    auto agent = AgentConnection::open();
    REQUIRE(agent);
    Sent sent;
    const auto key = sent.send(drafted(), *agent);
    REQUIRE_FALSE(key);
    CHECK(error_of(key) == base::ErrorCode::key_not_found);
    CHECK(sent.chosen.size() == 1);
    CHECK(sent.written().size() == 0);
}

TEST_CASE("a key that is listed only when the agent looks again is found")
{
    const Identity old = identity_of("bob@example.org");
    const Identity renewed = identity_of("alice@example.org");
    ScriptedAgent agent;
    agent.listed_first = {&old};
    agent.after_a_look = {&old, &renewed};
    Sent sent;
    CHECK(sent.send(drafted(), agent)->id == listed(renewed).id);
    CHECK(agent.refreshes == 1);
}

TEST_CASE("the failure says what keeps keys from being seen, and the agent is asked for no signature")
{
    const Identity bob = identity_of("bob@example.org");
    ScriptedAgent agent;
    agent.seen.obstacles = {{.kind = ipc::Obstacle::Kind::no_pcscd}};
    Sent sent;
    const auto without_any = sent.send(drafted(), agent);
    REQUIRE(failed_for<NoKeys>(without_any));
    CHECK(std::get<NoKeys>(without_any.error()).seen == agent.seen);
    agent.listed_first = agent.after_a_look = {&bob};
    const auto without_one_that_fits = sent.send(drafted(), agent);
    REQUIRE(failed_for<NoKeyFits>(without_one_that_fits));
    const auto& none = std::get<NoKeyFits>(without_one_that_fits.error());
    CHECK(none.keys.size() == 1);
    CHECK(none.obstacles == agent.seen.obstacles);
    CHECK(agent.requests == 0);
    CHECK(sent.written().size() == 0);
}

TEST_CASE("a key that is named signs only for its certificate's addresses, and an unknown name is an error")
{
    const Identity alice = identity_of("alice@example.org");
    const Identity bob = identity_of("bob@example.org");
    ScriptedAgent agent;
    agent.listed_first = agent.after_a_look = {&alice, &bob};
    const auto signed_with = [&](const std::string& name) {
        return Sent().send(drafted("alice@example.org", {.key = name, .from = {}, .now = {}}), agent);
    };
    CHECK(signed_with(listed(alice).id.hex())->id == listed(alice).id);
    CHECK(failed_for<NoKeyFits>(signed_with(listed(bob).id.hex())));
    CHECK(error_of(signed_with("00000000")) == base::ErrorCode::key_not_found);
    CHECK(error_of(signed_with("short")) == base::ErrorCode::invalid_parameter);
}

TEST_CASE("a mail that cannot be signed, or is not from the wanted sender, fails before the agent is asked")
{
    const auto not_alice =
        draft(mail_from("alice@example.org"), {.key = {}, .from = "carol@example.org", .now = kToday});
    REQUIRE_FALSE(not_alice);
    const auto* other = std::get_if<NotTheSender>(&not_alice.error());
    REQUIRE(other != nullptr);
    CHECK(other->senders == std::vector<std::string>{"alice@example.org"});
    const auto no_sender = draft(mail_from(""), {.key = {}, .from = {}, .now = kToday});
    REQUIRE_FALSE(no_sender);
    CHECK(std::get<base::Error>(no_sender.error()).code == base::ErrorCode::bad_message);
}

TEST_CASE("the agent's refusal is the outcome, and nothing is written")
{
    const Identity alice = identity_of("alice@example.org");
    test::FakeAgent fake;
    fake.plug("one", {&alice});
    fake.refuse(base::pin_incorrect(2));
    auto agent = AgentConnection::open();
    REQUIRE(agent);
    Sent sent;
    const auto key = sent.send(drafted(), *agent);
    REQUIRE_FALSE(key);
    CHECK(std::get<base::Error>(key.error()).tries_left == 2);
    CHECK(sent.written().size() == 0);
}

TEST_CASE("a pending signature is given up when the program is interrupted")
{
    const Identity alice = identity_of("alice@example.org");
    test::FakeAgent fake;
    fake.plug("one", {&alice});
    fake.hold();
    base::UniqueFd interrupt(::eventfd(0, EFD_CLOEXEC));
    const int ring = interrupt.value();
    auto agent = AgentConnection::open(std::move(interrupt));
    REQUIRE(agent);
    std::thread person([&] {
        fake.wait_for_held(1);
        ::eventfd_write(ring, 1);
    });
    Sent sent;
    const auto key = sent.send(drafted(), *agent);
    person.join();
    CHECK(failed_for<Interrupted>(key));
    CHECK(agent->is_interrupted());
    CHECK(sent.written().size() == 0);
}
