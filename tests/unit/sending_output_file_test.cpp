#include "clients/sending/output_file.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

using namespace sceau;
using sending::OutputFile;
namespace fs = std::filesystem;

namespace {

void write(const OutputFile& output, const std::string& text)
{
    REQUIRE(::write(output.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::ptrdiff_t files_in(const fs::path& folder)
{
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

} // namespace

TEST_CASE("a result appears under its name when it is committed, and not before")
{
    const test::TemporaryFolder folder;
    auto output = OutputFile::open(folder.path() / "out");
    REQUIRE(output);
    write(*output, "text");
    CHECK_FALSE(fs::exists(folder.path() / "out"));
    REQUIRE(output->commit());
    CHECK(folder.read("out") == "text");
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a result that is not committed leaves nothing behind, and what was there untouched")
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("out", "before");
    {
        auto output = OutputFile::open(path);
        REQUIRE(output);
        write(*output, "half");
    }
    CHECK(folder.read("out") == "before");
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a new result has the permissions that the umask leaves, and one that replaces another keeps its own")
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.path() / "out";
    const mode_t before = ::umask(027);
    for (const char* text : {"first", "second"}) {
        auto output = OutputFile::open(path);
        REQUIRE(output);
        write(*output, text);
        REQUIRE(output->commit());
        CHECK(folder.read("out") == text);
        CHECK(fs::status(path).permissions() == (text == std::string("first") ? fs::perms{0640} : fs::perms{0604}));
        fs::permissions(path, fs::perms{0604});
    }
    ::umask(before);
}

TEST_CASE("the target of a link is replaced, not the link")
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("real", "before");
    fs::create_symlink("real", folder.path() / "link");
    auto output = OutputFile::open(folder.path() / "link");
    REQUIRE(output);
    write(*output, "after");
    REQUIRE(output->commit());
    CHECK(fs::is_symlink(folder.path() / "link"));
    CHECK(folder.read("real") == "after");
}

TEST_CASE("a target that is not a regular file gets the whole result on commit")
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.path() / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const base::UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    auto output = OutputFile::open(path);
    REQUIRE(output);
    write(*output, "text");
    std::array<char, 16> buffer{};
    CHECK(::read(reader.value(), buffer.data(), buffer.size()) < 0);
    REQUIRE(output->commit());
    CHECK(::read(reader.value(), buffer.data(), buffer.size()) == 4);
    CHECK(std::string(buffer.data()) == "text");
}

TEST_CASE("a target that cannot be written is reported before anything is done")
{
    const test::TemporaryFolder folder;
    CHECK(OutputFile::open(folder.path() / "missing/out").error().code == base::ErrorCode::io);
    CHECK(OutputFile::open(folder.path()).error().code == base::ErrorCode::io);
    auto full = OutputFile::open("/dev/full");
    REQUIRE(full);
    write(*full, "text");
    CHECK(full->commit().error().code == base::ErrorCode::io);
}
