// The real token store with the real pcscd, OpenSC and PIV cards: what it knows of cards that come and go, what it asks
// them, and in which state it leaves them.

#include "agent/tokens/worker_store.h"
#include "mail/cms/certificate.h"
#include "tests/support/private_pcscd.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <winscard.h>

#include <csignal>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;
using base::Scheme;

namespace {

CardProfile card_of(const std::string& name, std::uint8_t number)
{
    CardProfile profile{
        .keys = {{PivSlot::signature, {.key = "p256", .name = name, .addresses = {"test@example.org"}}}}};
    profile.guid.back() = number;
    return profile;
}

base::Bytes public_key_of(const pkcs11::Certificate& certificate)
{
    return mail::cms::read_certificate(certificate.der).value().public_key;
}

// An agent's store whose readers are watched.
class Desk {
  public:
    explicit Desk(std::chrono::seconds module_timeout = std::chrono::seconds(30),
                  PrivatePcscd::Start start = PrivatePcscd::Start::now,
                  const std::string& reader_name = "Virtual token",
                  const std::pair<CardProfile, CardProfile>& cards = {card_of("One", 1), card_of("Two", 2)},
                  Clock::duration believed = WorkerStore::kBelieved)
        : one(cards.first), two(cards.second), pcscd({&one, &two}, start, reader_name)
    {
        for (const auto& [name, value] : pcscd.environment()) // for the holder; the workers get it from the module
            ::setenv(name.c_str(), value.c_str(), 1);
        pkcs11::Module module = pcscd.opensc_module();
        module.timeout = module_timeout;
        store = std::make_unique<WorkerStore>(std::vector{module}, pkcs11::AfterLogin::reset, believed);
        asio::co_spawn(context, store->follow(), asio::bind_cancellation_slot(stop_.slot(), asio::detached));
    }
    ~Desk()
    {
        stop_.emit(asio::cancellation_type::terminal);
        context.restart();
        context.run();
        for (const auto& [name, value] : pcscd.environment())
            ::unsetenv(name.c_str());
    }

    void run_until(const std::function<bool()>& condition)
    {
        context.restart();
        while (!condition()) // some of it happens on the card's own thread: look again after a moment
            context.run_one_for(std::chrono::milliseconds(20));
    }

    template <class T>
    T run(asio::awaitable<T> work)
    {
        std::optional<T> result;
        asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& error, T value) {
            if (error)
                std::rethrow_exception(error);
            result.emplace(std::move(value));
        });
        run_until([&] { return result.has_value(); });
        return *std::move(result);
    }

    bool sees(const VirtualCard& card)
    {
        const auto& readers = store->readers().now().readers;
        const auto reader = std::ranges::find(readers, pcscd.reader(card), &pkcs11::Reader::name);
        return reader != readers.end() && reader->card;
    }

    /// Returns the tokens found once PC/SC has reported that the cards are there.
    std::vector<FoundToken> found()
    {
        run_until([&] { return sees(one) == one.is_inserted() && sees(two) == two.is_inserted(); });
        return run(store->discover()).value();
    }

    FoundToken found(const VirtualCard& card)
    {
        for (const FoundToken& token : found())
            if (token.token.identity.label == (&card == &one ? "One" : "Two"))
                return token;
        for (const FoundToken& token : found())
            UNSCOPED_INFO(token.token.reader << " has " << token.token.identity.label);
        UNSCOPED_INFO(to_string(card.log()));
        FAIL("the card is not found");
        throw std::logic_error("never");
    }

    std::unique_ptr<KeyUse> start(const FoundToken& token)
    {
        return store->start(token.module,
                            {.token = token.token.identity,
                             .slot = token.token.reader,
                             .reader = {},
                             .cka_id = token.token.certificates.front().cka_id,
                             .public_key = public_key_of(token.token.certificates.front()),
                             .operation = pkcs11::Signature{.scheme = Scheme::ecdsa_secp256r1_sha256, .digest = digest},
                             .certificate_cache = {}});
    }

    base::Result<base::Bytes> sign(const FoundToken& token)
    {
        const auto signing = start(token);
        TRY(run(signing->ready(soon())));
        auto signature = run(signing->perform(pin(), soon()));
        CHECK(run(signing->leave()));
        return signature;
    }

    static Clock::time_point soon() { return Clock::now() + std::chrono::seconds(30); }

    static base::Secret pin(std::string_view text = "123456")
    {
        base::Secret pin = *base::Secret::create();
        for (const char c : text)
            REQUIRE(pin.append(static_cast<std::uint8_t>(c)));
        return pin;
    }

    asio::io_context context;
    VirtualCard one;
    VirtualCard two;
    PrivatePcscd pcscd;
    std::unique_ptr<WorkerStore> store;
    base::Digest digest = *base::Digest::for_scheme(Scheme::ecdsa_secp256r1_sha256,
                                                    base::hash_of(base::Hash::sha256, base::as_bytes("a mail")));

  private:
    asio::cancellation_signal stop_;
};

// Another program, not a child of this process, that holds a card in a transaction.
class Holder {
  public:
    explicit Holder(const std::string& reader)
    {
        REQUIRE(::pipe(ready_) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            if (::fork() == 0)
                hold(reader);
            ::_exit(0);
        }
        ::waitpid(child, nullptr, 0);
        REQUIRE(::read(ready_[0], &pid_, sizeof pid_) == sizeof pid_);
    }
    ~Holder() { release(); }

    void release()
    {
        if (pid_ > 0)
            ::kill(std::exchange(pid_, -1), SIGKILL);
    }
    pid_t pid() const { return pid_; }

  private:
    void hold(const std::string& reader) const
    {
        SCARDCONTEXT context = 0;
        SCARDHANDLE card = 0;
        DWORD protocol = 0;
        ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
        ::SCardConnect(context, reader.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card, &protocol);
        const pid_t held = ::SCardBeginTransaction(card) == SCARD_S_SUCCESS ? ::getpid() : -1;
        if (::write(ready_[1], &held, sizeof held) == sizeof held)
            for (;;)
                ::pause();
        ::_exit(1);
    }

    int ready_[2] = {};
    pid_t pid_ = -1;
};

} // namespace

TEST_CASE("two cards at once are found, and asked nothing again while nothing changes")
{
    Desk desk;
    CHECK(desk.found().size() == 2);
    desk.one.clear_log();
    desk.two.clear_log();
    CHECK(desk.found().size() == 2);
    CHECK(count_apdus(desk.one.log()) == 0);
    CHECK(count_apdus(desk.two.log()) == 0);
}

TEST_CASE("a signature asks its own card only, resets it, and does not look like another card")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    desk.two.clear_log();
    const auto changed = desk.store->readers().now();
    REQUIRE(desk.sign(token));
    CHECK(count_apdus(desk.two.log()) == 0);
    CHECK(count(desk.two.log(), LogEntry::Kind::reset) == 0);
    CHECK(desk.one.counters().resets == 1);
    CHECK_FALSE(desk.one.is_verified());
    CHECK(desk.store->is_there(token));
    CHECK(desk.store->readers().now() == changed);
    desk.one.clear_log();
    CHECK(desk.found().size() == 2);
    CHECK(count_apdus(desk.one.log()) == 0);
}

TEST_CASE("a signature given up before the PIN leaves the card as it is")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    {
        const auto signing = desk.start(token);
        REQUIRE(desk.run(signing->ready(Desk::soon())));
        REQUIRE(desk.run(signing->leave()));
    }
    CHECK(desk.one.counters().resets == 0);
    CHECK(desk.sign(token));
}

TEST_CASE("a discovery beside a signature leaves its reader alone and keeps its token")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    const auto signing = desk.start(token);
    REQUIRE(desk.run(signing->ready(Desk::soon())));
    desk.one.clear_log();
    desk.two.remove();
    desk.run_until([&] { return !desk.sees(desk.two); });
    const auto found = desk.found();
    REQUIRE(found.size() == 1);
    CHECK(found.front().token.identity == token.token.identity);
    CHECK(count_apdus(desk.one.log()) == 0);
    CHECK(desk.run(signing->perform(Desk::pin(), Desk::soon())));
    CHECK(desk.run(signing->leave()));
}

TEST_CASE("a card that is pulled out is known to be gone at once, and found again when it is back")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    CHECK(desk.store->is_there(token));
    desk.one.remove();
    desk.run_until([&] { return !desk.store->is_there(token); });
    CHECK(desk.found().size() == 1);
    desk.one.insert();
    CHECK(desk.found(desk.one).token.identity == token.token.identity);
}

TEST_CASE("a card that was away between two looks counts as pulled out")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    desk.one.remove();
    desk.one.insert();
    desk.run_until([&] { return !desk.store->is_there(token); });
    CHECK(desk.found(desk.one).token.identity == token.token.identity);
}

TEST_CASE("a card swapped for another is another token")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    desk.one.remove();
    desk.run_until([&] { return !desk.store->is_there(token); });
    CHECK(desk.found().front().token.identity.label == "Two");
    desk.two.remove();
    desk.one.insert();
    desk.run_until([&] { return desk.sees(desk.one) && !desk.sees(desk.two); });
    const auto found = desk.found();
    REQUIRE(found.size() == 1);
    CHECK(found.front().token.identity.label == "One");
}

TEST_CASE("a pcscd that comes later, ends and comes again is followed")
{
    Desk desk(std::chrono::seconds(30), PrivatePcscd::Start::later);
    CHECK(desk.run(desk.store->discover()).value().empty());
    desk.pcscd.start();
    const FoundToken token = desk.found(desk.one);
    CHECK(desk.sign(token));
    desk.pcscd.stop();
    desk.run_until([&] { return !desk.store->is_there(token); });
    CHECK(desk.run(desk.store->discover()).value().empty());
    desk.pcscd.start();
    CHECK(desk.sign(desk.found(desk.one)));
}

TEST_CASE("a card pulled out in the middle of a signature ends it at once, and is usable when it is back")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    const auto signing = desk.start(token);
    REQUIRE(desk.run(signing->ready(Desk::soon())));
    desk.one.schedule(Vanish{}, {.nth = 3});
    const auto signature = desk.run(signing->perform(Desk::pin(), Desk::soon()));
    REQUIRE_FALSE(signature);
    INFO(signature.error().message);
    CHECK(signature.error().code == ErrorCode::token_absent);
    CHECK(desk.run(signing->leave()));
    desk.run_until([&] { return !desk.store->is_there(token); });
    desk.one.insert();
    CHECK(desk.sign(desk.found(desk.one)));
}

TEST_CASE("a signature that is given up after the PIN has its card reset before it is used again")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    const auto signing = desk.start(token);
    REQUIRE(desk.run(signing->ready(Desk::soon())));
    desk.one.schedule(Pause{}, {.nth = 3}); // the PIN was right, and the signature is not made yet
    const auto given_up = desk.run(signing->perform(Desk::pin(), Clock::now() + std::chrono::seconds(1)));
    REQUIRE_FALSE(given_up); // busy, if other programs of this machine use cards as well
    CHECK((given_up.error().code == ErrorCode::timed_out || given_up.error().code == ErrorCode::busy));
    CHECK(desk.one.is_verified());
    desk.one.resume();
    CHECK(desk.run(signing->leave()));
    CHECK_FALSE(desk.one.is_verified());
    CHECK(desk.sign(token));
}

TEST_CASE("P3: cards without a serial number each have their own certificates and their own PIN")
{
    // In the second case the readers have the same name in the part that fits into a slot description.
    const std::string readers =
        GENERATE("Virtual token", "Hewlett-Packard Company HP USB Smart Card CCID Keyboard KR SmartCard Reader");
    CardProfile one{.keys = {{PivSlot::signature, {.key = "p256", .name = "Same"}}}, .pin = "111111", .guid = {}};
    CardProfile two{.keys = {{PivSlot::signature, {.key = "p256b", .name = "Same"}}}, .pin = "222222", .guid = {}};
    Desk desk(std::chrono::seconds(30), PrivatePcscd::Start::now, readers, {one, two});
    const auto found = desk.found();
    REQUIRE(found.size() == 2);
    CHECK(found[0].token.identity == found[1].token.identity);
    for (VirtualCard* card : {&desk.one, &desk.two, &desk.one}) {
        const auto token = std::ranges::find_if(found, [&](const FoundToken& each) {
            return each.token.certificates.at(0).der == card->certificate(PivSlot::signature);
        });
        REQUIRE(token != found.end());
        const auto signing = desk.start(*token);
        REQUIRE(desk.run(signing->ready(Desk::soon())));
        const auto signature = desk.run(signing->perform(Desk::pin(card->profile().pin), Desk::soon()));
        CHECK(desk.run(signing->leave()));
        REQUIRE(signature);
        CHECK(mail::cms::verifies(card->certificate(PivSlot::signature), Scheme::ecdsa_secp256r1_sha256,
                                  desk.digest.bytes(), *signature));
    }
    CHECK(desk.one.pin_tries_left() == 3);
    CHECK(desk.two.pin_tries_left() == 3);
    CHECK(desk.one.counters().verify_attempts + desk.two.counters().verify_attempts == 6);
}

TEST_CASE("P3: a card put in the place of another that says the same of itself gets no PIN for that one's key")
{
    CardProfile one{.keys = {{PivSlot::signature, {.key = "p256", .name = "Same"}}}, .guid = {}};
    CardProfile two{.keys = {{PivSlot::signature, {.key = "p256b", .name = "Same"}}}, .guid = {}};
    Desk desk(std::chrono::seconds(30), PrivatePcscd::Start::now, "Virtual token", {one, two});
    desk.one.remove();
    desk.run_until([&] { return !desk.sees(desk.one); });
    const FoundToken second = desk.found().at(0);
    // As another card would do, but without PC/SC noticing.
    desk.two.renew(PivSlot::signature, {.key = "p384", .name = "Same"});
    desk.store->look_again();
    REQUIRE(desk.found().size() == 1);
    const auto signing = desk.start(second);
    const auto ready = desk.run(signing->ready(Desk::soon()));
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == ErrorCode::key_not_found);
    CHECK(desk.two.counters().verify_attempts == 0);
}

TEST_CASE("a certificate that was renewed on a card in its reader is seen when somebody wants it looked at, and later "
          "by itself")
{
    const bool by_itself = GENERATE(false, true);
    Desk desk(std::chrono::seconds(30), PrivatePcscd::Start::now, "Virtual token",
              {card_of("One", 1), card_of("Two", 2)}, by_itself ? Clock::duration(0) : WorkerStore::kBelieved);
    REQUIRE(desk.found().size() == 2);
    desk.one.renew(PivSlot::signature, {.key = "p256", .name = "One, renewed"});
    const auto shows_it = [&] {
        const auto found = desk.found();
        return std::ranges::any_of(found, [&](const FoundToken& token) {
            return token.token.certificates.at(0).der == desk.one.certificate(PivSlot::signature);
        });
    };
    CHECK(shows_it() == by_itself);
    desk.store->look_again();
    CHECK(shows_it());
}

TEST_CASE("P2: cards in readers whose names are too long for a slot are listed, used and reset as all others are")
{
    // Two readers of one make: their names differ only after the 64 bytes that fit into a slot description.
    Desk desk(std::chrono::seconds(30), PrivatePcscd::Start::now,
              "Hewlett-Packard Company HP USB Smart Card CCID Keyboard KR SmartCard Reader");
    for (VirtualCard* card : {&desk.one, &desk.two}) {
        const FoundToken token = desk.found(*card);
        REQUIRE(token.token.reader.ends_with("..."));
        desk.one.clear_log();
        desk.two.clear_log();
        CHECK(desk.found().size() == 2);
        CHECK(count_apdus(desk.one.log()) + count_apdus(desk.two.log()) == 0);
        CHECK(desk.sign(token));
        CHECK_FALSE(card->is_verified());

        const auto given_up = desk.start(token);
        REQUIRE(desk.run(given_up->ready(Desk::soon())));
        card->schedule(Pause{}, {.nth = 3}); // the PIN was right, and the signature is not made yet
        REQUIRE_FALSE(desk.run(given_up->perform(Desk::pin(), Clock::now() + std::chrono::seconds(1))));
        REQUIRE(card->is_verified());
        card->resume();
        CHECK(desk.run(given_up->leave()));
        CHECK_FALSE(card->is_verified());
    }
}

TEST_CASE("a card that cannot be reset is refused until it can")
{
    Desk desk(std::chrono::seconds(2));
    const FoundToken token = desk.found(desk.one);
    desk.store->used_readers().note_open(token.token.reader);
    Holder holder(desk.pcscd.reader(desk.one));
    const auto refused = desk.run(desk.start(token)->ready(Clock::now() + std::chrono::seconds(1)));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("must be reset") != std::string::npos);
    holder.release();
    CHECK(desk.sign(token));
}

TEST_CASE("a card that another program holds is Busy with that program's name, and can be waited for again")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    Holder holder(desk.pcscd.reader(desk.one));
    const auto signing = desk.start(token);
    const auto held = desk.run(signing->ready(Clock::now() + std::chrono::seconds(1)));
    REQUIRE_FALSE(held);
    CHECK(held.error().code == ErrorCode::busy);
    CHECK(held.error().message.find("(" + std::to_string(holder.pid()) + ")") != std::string::npos);
    CHECK(held.error().message.find("(" + std::to_string(::getpid()) + ")") == std::string::npos);
    holder.release();
    CHECK(desk.run(signing->ready(Desk::soon())));
    CHECK(desk.run(signing->perform(Desk::pin(), Desk::soon())));
    CHECK(desk.run(signing->leave()));
}

TEST_CASE("another program's reset and its signature with 9A do not disturb ours")
{
    Desk desk;
    const FoundToken token = desk.found(desk.one);
    const auto signing = desk.start(token);
    REQUIRE(desk.run(signing->ready(Desk::soon())));
    SCARDCONTEXT context = 0;
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    REQUIRE(::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) == SCARD_S_SUCCESS);
    REQUIRE(::SCardConnect(context, desk.pcscd.reader(desk.one).c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card,
                           &protocol) == SCARD_S_SUCCESS);
    REQUIRE(::SCardDisconnect(card, SCARD_RESET_CARD) == SCARD_S_SUCCESS);
    CHECK(desk.run(signing->perform(Desk::pin(), Desk::soon())));
    CHECK(desk.run(signing->leave()));
    ::SCardReleaseContext(context);
}
