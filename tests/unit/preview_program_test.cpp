// The real program, behind its filter, with the mails of tests/data as Sceau signs them and as they are.

#include "preview/preview.h"
#include "preview/program/summarise.h"
#include "tests/support/corpus.h"
#include "tests/support/mime_text.h"
#include "tests/support/run.h"
#include "tests/support/sealed_content.h"

#include <fstream>

using namespace sceau;
using namespace sceau::preview;
using namespace sceau::test;

namespace {

constexpr std::chrono::milliseconds kPatience{60'000};

std::string bytes_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Summary seen_in(const std::string& content)
{
    const auto seen = see(sealed_content(content).value(), base::Hash::sha256, kPatience);
    REQUIRE(seen);
    CHECK(seen->hash == base::hash_of(base::Hash::sha256, base::as_bytes(content)));
    return seen->summary;
}

} // namespace

TEST_CASE("what Sceau signs of each mail of the corpus is shown, and none of it refused")
{
    for (const auto& path : tests::mails_in("mails")) {
        INFO(path);
        const auto prepared = tests::prepare_file(path);
        if (!prepared)
            continue;
        const Summary summary = seen_in(tests::payload_of(*prepared));
        const bool has_route = path.filename() == "address-comments.eml"; // RFC 5322 §4.4: not to be written
        CHECK(summary.refusal.has_value() == has_route);
        CHECK((has_route || !summary.from.empty()));
    }
}

TEST_CASE("the program behind its filter finds the same as its code without")
{
    for (const std::string folder : {"mails", "mails-refused", "verdict"})
        for (const auto& path : tests::mails_in(folder)) {
            INFO(path);
            const std::string content = bytes_of(path);
            const auto without = program::summarise(tests::source_of(content));
            REQUIRE(without);
            CHECK(seen_in(content) == *without);
        }
}

TEST_CASE("the content's hash is of the hash function that was asked for")
{
    for (const base::Hash hash : {base::Hash::sha256, base::Hash::sha384, base::Hash::sha512}) {
        const auto seen = see(sealed_content("From: a@example.org\r\n\r\nx").value(), hash, kPatience);
        REQUIRE(seen);
        CHECK(seen->hash == base::hash_of(hash, base::as_bytes("From: a@example.org\r\n\r\nx")));
    }
}

TEST_CASE("a content that takes too long to read is not waited for")
{
    const auto seen = see(sealed_content("x").value(), base::Hash::sha256, std::chrono::milliseconds(0));
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == base::ErrorCode::evidence_mismatch);
}

TEST_CASE("the agent links no parser of mails, no module of PKCS#11 and no parser of HTML")
{
    const std::string libraries = run({"/usr/bin/objdump", "-p", std::string(SCEAU_BINARY_DIR) + "/bin/sceau-agent"});
    CHECK(libraries.find("libcrypto") != std::string::npos);
    for (const std::string library : {"libgmime", "libxml2", "libp11", "pcsclite", "libseccomp"}) {
        INFO(library);
        CHECK(libraries.find(library) == std::string::npos);
    }
}

TEST_CASE("P19: the preview's program links nothing that knows tokens, PINs or the net")
{
    const std::string program = std::string(SCEAU_BINARY_DIR) + "/libexec/sceau-preview";
    const std::string libraries = run({"/usr/bin/objdump", "-p", program});
    CHECK(libraries.find("libgmime") != std::string::npos);
    CHECK(libraries.find("libxml2") != std::string::npos);
    for (const std::string library : {"p11", "pcsclite", "libcurl", "libsystemd"}) {
        INFO(library);
        CHECK(libraries.find(library) == std::string::npos);
    }
}
