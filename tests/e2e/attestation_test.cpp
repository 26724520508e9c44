// Mails whose signatures say what their signer was shown: with the real agent, worker, preview and module.

#include "clients/sending/agent_connection.h"
#include "clients/sending/outgoing_mail.h"
#include "mail/cms/own_attributes.h"
#include "tests/e2e/desk.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace sceau;
using namespace sceau::test;

namespace {

constexpr const char* kAttest = "attest = true\n";

/// The real agent, whose answers about attributes the test changes on the way to the client.
class MeddledAgent final : public sending::Agent {
  public:
    explicit MeddledAgent(std::function<void(std::vector<base::Bytes>&)> meddle) : meddle_(std::move(meddle)) {}

    sending::Outcome<ipc::ListTokens::Reply> list_tokens(const ipc::ListTokens::Parameters& parameters) override
    {
        return agent_.list_tokens(parameters);
    }
    sending::Outcome<ipc::ListKeys::Reply> list_keys(const ipc::ListKeys::Parameters& parameters) override
    {
        return agent_.list_keys(parameters);
    }
    sending::Outcome<ipc::DescribeContent::Reply>
    describe_content(const ipc::DescribeContent::Parameters& parameters) override
    {
        TRY_ASSIGN(auto reply, agent_.describe_content(parameters));
        meddle_(reply.attributes);
        return reply;
    }
    sending::Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request,
                                       const client::OnProgress& on_progress) override
    {
        return agent_.sign(request, on_progress);
    }

  private:
    sending::AgentConnection agent_ = sending::AgentConnection::open().value();
    std::function<void(std::vector<base::Bytes>&)> meddle_;
};

} // namespace

TEST_CASE("P18: with attest = true a mail says what its signer was shown, and any program verifies it")
{
    const Desk desk(PinentryScript::program(), kAttest);
    desk.person.will_answer({"pin 123456"});
    const Ended signed_mail = desk.sceau({"sign"}, mail_from("alice@example.org"));
    INFO(signed_mail.err);
    REQUIRE(signed_mail.status == 0);
    CHECK(desk.person.times_asked() == 1);
    const auto mail = desk.folder.write("signed", signed_mail.out);
    CHECK_NOTHROW(run(
        {"openssl", "cms", "-verify", "-in", mail, "-CAfile", desk.ca, "-purpose", "smimesign", "-out", "/dev/null"}));
    const Ended verdict = desk.sceau({"verify", "--ca", desk.ca, mail});
    CHECK(verdict.status == 0);
    CHECK_THAT(verdict.out, Catch::Contains("shown to the signer before signing, as it claims: From, To, Subject"));
    CHECK_THAT(verdict.out, Catch::Contains("attachment\n"));
    const Ended json = desk.sceau({"verify", "--json", "--ca", desk.ca, mail});
    CHECK_THAT(json.out, Catch::Contains("\"shown_to_signer\": true"));

    std::string other = signed_mail.out;
    other.at(other.find("virer 48") + 6) = '9';
    const Ended changed = desk.sceau({"verify", "--json", "--ca", desk.ca}, other);
    CHECK(changed.status == 1);
    CHECK_THAT(changed.out, Catch::Contains("\"shown_to_signer\": null"));
}

TEST_CASE("where the policy does not ask for it a mail says nothing of what was shown")
{
    const Desk desk;
    desk.person.will_answer({"pin 123456"});
    const Ended signed_mail = desk.sceau({"sign"}, mail_from("alice@example.org"));
    REQUIRE(signed_mail.status == 0);
    const Ended verdict = desk.sceau({"verify", "--ca", desk.ca}, signed_mail.out);
    CHECK(verdict.status == 0);
    CHECK_THAT(verdict.out, !Catch::Contains("shown to the signer"));
    CHECK_THAT(desk.sceau({"verify", "--json", "--ca", desk.ca}, signed_mail.out).out,
               Catch::Contains("\"shown_to_signer\": null") && Catch::Contains("\"journal_head\": null"));
}

TEST_CASE("P18: attributes that are left out or changed on the way are refused before anybody is asked")
{
    const Desk desk(PinentryScript::program(), kAttest);
    ::setenv("SCEAU_SOCKET", (desk.folder.path() / "agent").c_str(), 1);
    const auto text = mail_from("alice@example.org");
    const auto message = mail::Source::of_bytes(base::as_bytes(text)).value();
    sending::MailOptions options;
    options.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto outcome_of = [&](const std::function<void(std::vector<base::Bytes>&)>& meddle) {
        MeddledAgent agent(meddle);
        const auto file = mail::temporary_file().value();
        return sign(sending::draft(message, options).value(), agent, file.value(), [](const auto&) {});
    };
    const auto refusal = [&](const std::function<void(std::vector<base::Bytes>&)>& meddle) {
        const auto outcome = outcome_of(meddle);
        REQUIRE_FALSE(outcome);
        const auto error = std::get<base::Error>(outcome.error());
        CHECK(error.code == base::ErrorCode::evidence_mismatch);
        return error.message;
    };
    CHECK_THAT(refusal([](auto& attributes) { attributes.clear(); }), Catch::Contains("policy.attest"));
    CHECK_THAT(refusal([](auto& attributes) { attributes.front().back() ^= 1; }),
               Catch::Contains("something else is shown"));
    CHECK_THAT(refusal([](auto& attributes) {
                   attributes.resize(1);
                   attributes.push_back(mail::cms::encode_journal_head(base::Bytes(32)));
               }),
               Catch::Contains("not given out"));
    CHECK(desk.person.times_asked() == 0);
    desk.person.will_answer({"pin 123456"});
    CHECK(outcome_of([](auto&) {}));
    ::unsetenv("SCEAU_SOCKET");
}
