// Every mail of tests/data/mails through the whole of signing: prepared here, signed and verified by OpenSSL's own
// program, compared with the original by Python's mail parser.
#include "mail/mime/canonical.h"
#include "mail/mime/signing.h"
#include "mail/mime/verdict.h"
#include "tests/support/scratch.h"

#include <catch2/catch.hpp>
#include <fcntl.h>

#include <algorithm>
#include <sstream>

using namespace sceau;
using namespace sceau::mail;
using namespace sceau::tests;

namespace {

const std::filesystem::path kData = std::filesystem::path(SCEAU_SOURCE_DIR) / "tests/data";

std::vector<std::filesystem::path> mails_in(const std::string& folder)
{
    std::vector<std::filesystem::path> mails;
    for (const auto& entry : std::filesystem::directory_iterator(kData / folder))
        if (entry.path().extension() == ".eml")
            mails.push_back(entry.path());
    std::ranges::sort(mails);
    return mails;
}

base::Result<mime::Prepared> prepare_file(const std::filesystem::path& path)
{
    const auto source = Source::open(path);
    REQUIRE(source);
    return mime::prepare(*source);
}

std::string payload_of(const mime::Prepared& prepared)
{
    std::string bytes(prepared.payload.size(), '\0');
    REQUIRE(prepared.payload.read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}) == bytes.size());
    return bytes;
}

/// A key that lives as long as the test.
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

    /// The detached SignedData, DER.
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

void write_signed_file(const mime::Prepared& prepared, const std::string& signature, const std::filesystem::path& to)
{
    const base::UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    REQUIRE(fd);
    REQUIRE(mime::write_signed(prepared, base::Hash::sha256, base::as_bytes(signature), fd.value()));
}

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

TEST_CASE("every mail of the corpus is signed, verifies with OpenSSL and loses nothing by the judgement of Python")
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
        const auto verdict = judge(*source, {.ca_file = signer.certificate(), .crl_files = {}, .at = {}});
        REQUIRE(verdict);
        INFO((verdict->reasons.empty() ? "" : verdict->reasons.front()));
        CHECK(verdict->judgement > Judgement::changed);
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

TEST_CASE("a mail that was signed by us can be signed again and stays what it was")
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
