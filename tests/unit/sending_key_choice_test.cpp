#include "clients/sending/key_choice.h"
#include "clients/words/failure.h"
#include "mail/cms/certificate.h"
#include "tests/support/pki.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::sending;
using test::Wanted;

namespace {

const Moment kNow = test::moment("20270101000000Z");

// Returns a key as the agent lists it.
ipc::Key key_with(Wanted wanted)
{
    const base::Bytes certificate = test::self_signed(std::move(wanted)).der();
    const auto facts = *mail::cms::read_certificate(certificate);
    ipc::Key key;
    key.id = facts.key;
    key.token_label = "Direction 2026";
    key.certificate = certificate;
    key.addresses = facts.addresses;
    key.schemes = facts.schemes;
    return key;
}

ipc::Key key_for(const std::string& address, const char* not_before = "20260101000000Z",
                 const char* not_after = "20280101000000Z")
{
    return key_with(
        {.extensions = test::person_extensions("email:" + address), .not_before = not_before, .not_after = not_after});
}

Senders from(std::vector<std::string> from, std::string sender = {})
{
    return {.origin = {.from = std::move(from), .sender = std::move(sender), .defects = {}, .warnings = {}},
            .wanted = {}};
}

Unfit reason_against(const ipc::Key& key, const std::string& sender = "alice@example.org")
{
    const auto chosen = choose_key({key}, from({sender}), kNow);
    REQUIRE_FALSE(chosen);
    REQUIRE(chosen.error().keys.size() == 1);
    return chosen.error().keys.front().reason;
}

} // namespace

TEST_CASE("a valid key for the sender's address is chosen, whatever the case of the address")
{
    const ipc::Key key = key_for("alice@example.org");
    CHECK(choose_key({key}, from({"Alice@EXAMPLE.org"}), kNow)->id == key.id);
}

TEST_CASE("of several keys that fit, the newest is chosen")
{
    const ipc::Key old = key_for("alice@example.org", "20260101000000Z");
    const ipc::Key newest = key_for("alice@example.org", "20260801000000Z");
    const ipc::Key middle = key_for("alice@example.org", "20260401000000Z");
    CHECK(choose_key({old, newest, middle}, from({"alice@example.org"}), kNow)->id == newest.id);
}

TEST_CASE("a key for From comes before a newer one for Sender")
{
    const ipc::Key author = key_for("alice@example.org", "20260101000000Z");
    const ipc::Key sender = key_for("office@example.org", "20260801000000Z");
    CHECK(choose_key({sender, author}, from({"alice@example.org"}, "office@example.org"), kNow)->id == author.id);
    CHECK(choose_key({sender}, from({"alice@example.org"}, "office@example.org"), kNow)->id == sender.id);
}

TEST_CASE("each key that does not fit is passed over for its own reason")
{
    CHECK(reason_against(key_for("bob@example.org")) == Unfit::other_address);
    CHECK(reason_against(key_for("alice@example.org", "20250101000000Z", "20260101000000Z")) == Unfit::expired);
    CHECK(reason_against(key_for("alice@example.org", "20270601000000Z")) == Unfit::not_yet_valid);
    CHECK(reason_against(key_with({.extensions = {"subjectAltName=email:alice@example.org",
                                                  "keyUsage=critical,keyEncipherment"}})) == Unfit::may_not_sign);
    CHECK(reason_against(
              key_with({.extensions = {"subjectAltName=email:alice@example.org", "keyUsage=critical,digitalSignature",
                                       "extendedKeyUsage=clientAuth"}})) == Unfit::not_for_mail);
    CHECK(reason_against(key_with({.extensions = test::person_extensions("email:alice@example.org"),
                                   .key = test::new_key("ED25519")})) == Unfit::no_scheme);
    ipc::Key damaged = key_for("alice@example.org");
    damaged.certificate.pop_back();
    CHECK(reason_against(damaged) == Unfit::unreadable);
}

TEST_CASE("a certificate without any address signs for nobody")
{
    CHECK(reason_against(key_with({.extensions = {"keyUsage=critical,digitalSignature"}})) == Unfit::other_address);
}

TEST_CASE("when no key fits, all are named with their reasons in both languages")
{
    const auto chosen =
        choose_key({key_for("bob@example.org"), key_for("alice@example.org", "20250101000000Z", "20260101120000Z")},
                   from({"alice@example.org"}), kNow);
    REQUIRE_FALSE(chosen);
    const Failure failure = chosen.error();
    const std::string english = words::explained(failure, {.language = base::Language::english});
    CHECK_THAT(english, Catch::StartsWith("sceau: No key can sign for alice@example.org:\n"));
    CHECK_THAT(english,
               Catch::Contains("\"Direction 2026\" bob@example.org: its certificate is for another address\n"));
    CHECK_THAT(english, Catch::Contains("alice@example.org: expired on 1 Jan 2026\n"));
    const std::string french = words::explained(failure, {.language = base::language_of("fr")});
    CHECK_THAT(french, Catch::StartsWith("sceau: Aucune clé ne peut signer pour alice@example.org :\n"));
    CHECK_THAT(french, Catch::Contains("alice@example.org: expiré depuis le 1er janv. 2026\n"));
    CHECK(words::exit_status(failure) == 77);
}

TEST_CASE("a mail from several authors is signed by a key of all of them, or else by Sender's")
{
    const Senders several = from({"alice@example.org", "bob@example.org"}, "office@example.org");
    const ipc::Key alice = key_for("alice@example.org");
    const ipc::Key both =
        key_with({.extensions = test::person_extensions("email:alice@example.org,email:bob@example.org")});
    const ipc::Key office = key_for("office@example.org");
    CHECK_FALSE(choose_key({alice}, several, kNow));
    CHECK(choose_key({alice, office}, several, kNow)->id == office.id);
    CHECK(choose_key({alice, office, both}, several, kNow)->id == both.id);
}

TEST_CASE("of the senders only the wanted one's key is chosen")
{
    Senders senders = from({"alice@example.org"}, "office@example.org");
    const ipc::Key alice = key_for("alice@example.org");
    const ipc::Key office = key_for("office@example.org");
    senders.wanted = "Office@example.org";
    CHECK(choose_key({alice, office}, senders, kNow)->id == office.id);
    CHECK(choose_key({alice}, senders, kNow).error().senders == std::vector<std::string>{"Office@example.org"});
}

TEST_CASE("a key is found by its name or the beginning of it, in either case")
{
    const std::vector<ipc::Key> keys = {key_for("alice@example.org"), key_for("bob@example.org")};
    const std::string name = keys.front().id.hex();
    std::string upper = name.substr(0, 8);
    for (char& c : upper)
        c = static_cast<char>(std::toupper(c));
    for (const std::string& wanted : {name, name.substr(0, 8), upper}) {
        const auto named = keys_named(keys, wanted);
        REQUIRE(named);
        CHECK(*named == std::vector{keys.front()});
    }
}

TEST_CASE("two certificates of one key both answer to its name")
{
    const ipc::Key key = key_for("alice@example.org");
    CHECK(keys_named({key, key}, key.id.hex())->size() == 2);
}

TEST_CASE("a key's name that is too short, not hex, unknown or ambiguous is refused")
{
    ipc::Key one;
    ipc::Key other;
    one.id = *base::KeyId::parse("4f1a9c0d" + std::string(56, '0'));
    other.id = *base::KeyId::parse("4f1a9c0d" + std::string(56, '1'));
    CHECK(keys_named({one}, "4f1a9c0").error().code == base::ErrorCode::invalid_parameter);
    CHECK(keys_named({one}, "4f1a9c0x").error().code == base::ErrorCode::invalid_parameter);
    CHECK(keys_named({one}, std::string(65, '0')).error().code == base::ErrorCode::invalid_parameter);
    CHECK(keys_named({one, other}, "4f1a9c0d").error().code == base::ErrorCode::invalid_parameter);
    CHECK(keys_named({one, other}, "4f1a9c0d0")->front().id == one.id);
    CHECK(keys_named({one}, "ffffffff").error().code == base::ErrorCode::key_not_found);
}

TEST_CASE("a key that is not on its token, or has no certificate, is passed over for that reason")
{
    ipc::Key missing = key_for("alice@example.org");
    missing.private_key = ipc::PrivateKey::missing;
    CHECK(reason_against(missing) == Unfit::missing);
    ipc::Key bare = key_for("alice@example.org");
    bare.certificate.clear();
    CHECK(reason_against(bare) == Unfit::no_certificate);
}

TEST_CASE("a key that the token shows comes before a newer certificate whose key it does not show")
{
    ipc::Key old = key_for("alice@example.org", "20260101000000Z");
    const ipc::Key newest = key_for("alice@example.org", "20260801000000Z");
    CHECK(choose_key({old, newest}, from({"alice@example.org"}), kNow)->id == newest.id);
    old.private_key = ipc::PrivateKey::seen;
    CHECK(choose_key({old, newest}, from({"alice@example.org"}), kNow)->id == old.id);
}
