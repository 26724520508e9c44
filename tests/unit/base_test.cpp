#include "base/ascii.h"
#include "base/digest.h"
#include "base/display_text.h"
#include "base/hasher.h"
#include "base/installation.h"
#include "base/key_id.h"
#include "base/language.h"
#include "base/secret.h"
#include "base/unique_fd.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <type_traits>

using namespace sceau::base;

TEST_CASE("base64 of RFC 4648 section 10 goes both ways")
{
    const auto [text, encoded] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                           {"f", "Zg=="},
                                                                           {"fo", "Zm8="},
                                                                           {"foo", "Zm9v"},
                                                                           {"foob", "Zm9vYg=="},
                                                                           {"fooba", "Zm9vYmE="},
                                                                           {"foobar", "Zm9vYmFy"}}));
    CHECK(to_base64(as_bytes(text)) == encoded);
    const auto decoded = from_base64(encoded);
    REQUIRE(decoded);
    CHECK(as_text(*decoded) == text);
}

TEST_CASE("base64 that is not exactly RFC 4648 section 4 is refused")
{
    const auto* text =
        GENERATE("Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v\n", "Zm 9", "Zh==", "Zm9v=", "=m9v", "Zm8-", "Zg==Zg==");
    CHECK_FALSE(from_base64(text));
}

TEST_CASE("hex goes both ways and refuses odd lengths and other characters")
{
    CHECK(to_hex(*from_hex("00fF7a")) == "00ff7a");
    CHECK(from_hex("")->empty());
    CHECK_FALSE(from_hex("0"));
    CHECK_FALSE(from_hex("0g"));
}

TEST_CASE("a key's name is the SHA-256 of its public key and is read back from hex")
{
    const KeyId id = KeyId::of_public_key(as_bytes("abc"));
    CHECK(id.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // the example of FIPS 180-4
    CHECK(KeyId::parse(id.hex()) == id);
    CHECK(KeyId::parse("ba78").error().parameter == "key");
    CHECK(KeyId::parse(std::string(64, 'x')).error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("every scheme is found by its name and takes only digests of its length")
{
    for (const SchemeTraits& scheme : all_schemes()) {
        CHECK(scheme_from(scheme.name) == scheme.scheme);
        CHECK(&traits(scheme.scheme) == &scheme);
        const std::size_t size = digest_size(scheme.hash);
        CHECK(Digest::for_scheme(scheme.scheme, Bytes(size)));
        for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1})
            CHECK(Digest::for_scheme(scheme.scheme, Bytes(wrong)).error().parameter == "digest");
    }
    CHECK_FALSE(scheme_from("rsa_pkcs1_sha1"));
}

TEST_CASE("a secret holds its capacity, no more, and is wiped")
{
    auto secret = Secret::create();
    REQUIRE(secret);
    for (std::size_t i = 0; i < Secret::kCapacity; ++i)
        REQUIRE(secret->append('7'));
    CHECK_FALSE(secret->append('7'));
    CHECK(secret->size() == Secret::kCapacity);
    secret->wipe();
    CHECK(secret->empty());
    for (const std::uint8_t byte : secret->storage())
        CHECK(byte == 0);
}

TEST_CASE("a secret cannot be copied, compared or made into text")
{
    CHECK_FALSE(std::is_copy_constructible_v<Secret>);
    CHECK_FALSE(std::is_copy_assignable_v<Secret>);
    CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
    CHECK_FALSE(std::equality_comparable<Secret>);
}

TEST_CASE("a secret that was moved from is empty and harmless")
{
    auto first = Secret::create();
    REQUIRE(first->append('1'));
    Secret second = std::move(*first);
    CHECK(second.size() == 1);
    CHECK(first->empty());
}

TEST_CASE("a descriptor is closed once, by its last owner")
{
    const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    {
        UniqueFd first(number);
        UniqueFd second(std::move(first));
        CHECK_FALSE(first);
        CHECK(second.value() == number);
        CHECK(::fcntl(number, F_GETFD) >= 0);
    }
    CHECK(::fcntl(number, F_GETFD) < 0);
}

TEST_CASE("another person's session is not taken for one's own")
{
    const sceau::test::TemporaryFolder folder;
    ::unsetenv("SCEAU_SOCKET");
    ::setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
    CHECK(socket_path() == folder.path() / "sceau/agent");
    if (::geteuid() == 0) {
        REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
        CHECK(runtime_folder() != folder.path());
    }
    ::unsetenv("XDG_RUNTIME_DIR");
    const std::filesystem::path own = "/run/user/" + std::to_string(::geteuid());
    CHECK((runtime_folder() == own || runtime_folder().empty()));
    CHECK(socket_path().has_value() == !runtime_folder().empty());
}

TEST_CASE("a locale gets its own language if there is a catalogue, and otherwise English")
{
    const Language french = language_of("fr");
    CHECK(french.code() == "fr");
    CHECK(french != Language::english);
    CHECK(language_of("fr_FR.UTF-8") == french);
    CHECK(language_of("fr@euro") == french);
    CHECK(language_of("fry_NL") == Language::english);
    CHECK(language_of("en_GB.UTF-8") == Language::english);
    CHECK(language_of("C.UTF-8") == Language::english);
    CHECK(language_of("") == Language::english);
    CHECK(Language::english.code() == "en");
}

TEST_CASE("a person's language is the first of those they list that has a catalogue, as with gettext")
{
    CHECK(locale_of({}).empty());
    CHECK(locale_of({"LANG=fr_FR.UTF-8"}) == "fr_FR.UTF-8");
    CHECK(locale_of({"LANG=fr_FR.UTF-8", "LC_MESSAGES=en_GB.UTF-8"}) == "en_GB.UTF-8");
    CHECK(locale_of({"LANG=en_GB.UTF-8", "LC_ALL=fr_CA.UTF-8", "LC_MESSAGES=C"}) == "fr_CA.UTF-8");
    CHECK(locale_of({"LC_ALL=", "LANG=fr_FR.UTF-8"}) == "fr_FR.UTF-8");
    CHECK(locale_of({"LANG=de_DE.UTF-8", "LANGUAGE=de:fr:en"}) == "fr");
    CHECK(locale_of({"LANG=fr_FR.UTF-8", "LANGUAGE=fr_CH:en"}) == "fr_FR.UTF-8");
    CHECK(locale_of({"LANG=fr_FR.UTF-8", "LANGUAGE=en"}) == "en");
    CHECK(locale_of({"LANG=de_DE.UTF-8", "LANGUAGE=es:it"}) == "de_DE.UTF-8");
    CHECK(locale_of({"LANG=C", "LANGUAGE=fr"}) == "C");
    CHECK(locale_of({"LANGUAGE=fr", "LANGUAGES=x"}).empty());
}

TEST_CASE("text from outside cannot break out of its line or turn it around")
{
    CHECK(shown("a\nb\tc\x1b[31m", 80) == "abc[31m");
    CHECK(shown("abc\u202egpj.exe", 80) == "abcgpj.exe");
    CHECK(shown("zero\u200bwidth", 80) == "zerowidth");
    CHECK(shown("b\xff"
                "d",
                80) == "b\uFFFDd");
    CHECK(shown("\xc0\xaf", 80) == "\uFFFD\uFFFD"); // overlong
    CHECK(shown("éèà", 2) == "éè…");
    CHECK(shown("漢字", 3) == "漢…"); // two columns each
}

TEST_CASE("characters that shape their neighbours are plain in a name, and take no column of a line")
{
    CHECK(is_plain("❤\ufe0f \u200c\u200d"));
    CHECK(shown("❤\ufe0f", 80) == "❤");
    for (const std::string_view hidden : {"\u3164", "\u034f", "\u2800", "\u00ad", "\ue000", "\U000110bd", "\xff"}) {
        INFO(to_hex(as_bytes(hidden)));
        CHECK_FALSE(is_plain(hidden));
        CHECK(made_plain("a" + std::string(hidden) + "b") == "a\uFFFDb");
    }
    CHECK(columns_of("é漢") == 3);
}

TEST_CASE("only the case of ASCII letters is ignored")
{
    CHECK(ascii_lower("AZaz@[É") == "azaz@[É");
    CHECK(same_in_ascii("Content-Type", "CONTENT-type"));
    CHECK_FALSE(same_in_ascii("É", "é"));
    CHECK(is_ascii("a~"));
    CHECK_FALSE(is_ascii("é"));
}

TEST_CASE("data hashed in pieces has the digest of the whole")
{
    for (const Hash hash : {Hash::sha256, Hash::sha384, Hash::sha512}) {
        Hasher hasher(hash);
        hasher.update("a message ");
        hasher.update(as_bytes("in pieces"));
        CHECK(std::move(hasher).finish() == hash_of(hash, as_bytes("a message in pieces")));
    }
}

TEST_CASE("P13: letters that are drawn as nothing are taken out of a text for a person")
{
    for (const std::string_view nothing : {"\u3164", "\u115f", "\u1160", "\uffa0", "\u034f", "\u17b4", "\ufe0f",
                                           "\u2800", "\u00ad", "\ufff0", "\ue000", "\U000110bd", "\U000e0041"}) {
        INFO(to_hex(as_bytes(nothing)));
        CHECK(shows_nothing(nothing));
        CHECK(shown("thunder" + std::string(nothing) + "bird", 80) == "thunderbird");
    }
    CHECK(shown("a\u3000b\u00a0c\u2003d", 80) == "a b c d");
    CHECK(shows_nothing("\u3000 \u3164"));
    CHECK_FALSE(shows_nothing("\u3164x"));
}
