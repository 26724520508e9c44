// Checks the #include lines of the tree against the allowed arrows between folders (docs/architecture.md).

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

struct Include {
    std::string file;   // "agent/service.cpp"
    std::string folder; // the folder of the file
    std::string target; // the text between the quotes or angle brackets
    bool ours;
};

bool is_source(const fs::path& path)
{
    const std::string extension = path.extension();
    return extension == ".h" || extension == ".cpp" || extension == ".c";
}

std::vector<Include> includes_below(const std::string& folder)
{
    static const std::regex kLine(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> includes;
    const fs::path root = SCEAU_SOURCE_DIR;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (!is_source(entry.path()))
            continue;
        std::ifstream file(entry.path());
        std::smatch match;
        for (std::string line; std::getline(file, line);)
            if (std::regex_search(line, match, kLine))
                includes.push_back({.file = fs::relative(entry.path(), root),
                                    .folder = folder,
                                    .target = match[2],
                                    .ours = match[1] == "\""});
    }
    return includes;
}

const std::map<std::string, std::set<std::string>> kArrows = {
    {"base", {"base"}},
    {"ipc", {"base", "ipc"}},
    {"pkcs11", {"base", "pkcs11"}},
    {"mail", {"base", "mail"}},
    {"preview", {"base", "mail", "preview"}},
    {"agent", {"base", "ipc", "pkcs11", "mail", "preview", "agent"}},
    {"clients", {"base", "ipc", "mail", "preview", "clients"}},
};

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes)
{
    for (const std::string& prefix : prefixes)
        if (text.starts_with(prefix))
            return true;
    return false;
}

} // namespace

TEST_CASE("each room of the agent includes only what its arrows allow")
{
    static const std::map<std::string, std::set<std::string>> kRooms = {
        {"content", {"content"}},
        {"journal", {"journal"}},
        {"tokens", {"tokens"}},
        {"person", {"person", "tokens"}},
        {"requests", {"requests", "content", "journal", "tokens", "person"}},
    };
    // The files that all rooms of the agent share. They must not depend on its core.
    static const std::set<std::string> kShared = {"agent/clock.h", "agent/config.h", "agent/log.h", "agent/policy.h",
                                                  "agent/wait.h"};
    for (const auto& [room, allowed] : kRooms)
        for (const Include& include : includes_below("agent/" + room)) {
            INFO(include.file << " includes " << include.target);
            if (!include.target.starts_with("agent/") || kShared.contains(include.target))
                continue;
            const std::string inner = include.target.substr(std::string("agent/").size());
            CHECK(allowed.contains(inner.substr(0, inner.find('/'))));
        }
}

TEST_CASE("each folder includes only what its arrows allow")
{
    for (const auto& [folder, allowed] : kArrows)
        for (const Include& include : includes_below(folder)) {
            INFO(include.file << " includes " << include.target);
            if (include.ours)
                CHECK(allowed.contains(include.target.substr(0, include.target.find('/'))));
        }
}

TEST_CASE("what reads mails to be shown runs only in the preview's process, and its handle sees no parser")
{
    for (const auto& [folder, allowed] : kArrows)
        for (const Include& include : includes_below(folder)) {
            INFO(include.file << " includes " << include.target);
            if (include.target.starts_with("preview/program/"))
                CHECK(include.file.starts_with("preview/program/"));
            if (include.target.starts_with("preview/") && include.file.starts_with("clients/"))
                CHECK(include.file.starts_with("clients/cli/"));
            if (include.file.starts_with("preview/") && !include.file.starts_with("preview/program/"))
                CHECK_FALSE(include.target.starts_with("mail/"));
            if (include.file.starts_with("preview/program/"))
                CHECK(include.target != "preview/preview.h");
        }
}

TEST_CASE("the agent sees of pkcs11 only the worker's handle, its words and the readers' names, and of mail only cms")
{
    for (const Include& include : includes_below("agent")) {
        INFO(include.file << " includes " << include.target);
        if (include.target.starts_with("pkcs11/"))
            CHECK((include.target == "pkcs11/worker.h" || include.target == "pkcs11/words.h" ||
                   include.target == "pkcs11/reader_name.h"));
        if (include.target.starts_with("mail/"))
            CHECK(include.target.starts_with("mail/cms/"));
    }
}

TEST_CASE("code that runs only in the worker's process is included by nothing else")
{
    for (const auto& [folder, allowed] : kArrows)
        for (const Include& include : includes_below(folder)) {
            INFO(include.file << " includes " << include.target);
            if (include.target.starts_with("pkcs11/token/"))
                CHECK(include.file.starts_with("pkcs11/token/"));
            if (include.file.starts_with("pkcs11/token/"))
                CHECK(include.target != "pkcs11/worker.h");
        }
}

TEST_CASE(
    "what is loaded into other programs stays small: of mail it sees the signed attributes, of other clients nothing")
{
    for (const std::string folder : {"clients/lib", "clients/libsceau", "clients/pkcs11-module"})
        for (const Include& include : includes_below(folder)) {
            INFO(include.file << " includes " << include.target);
            if (include.ours)
                CHECK(starts_with_any(include.target, {"base/", "ipc/", "clients/lib/", folder + "/",
                                                       "mail/cms/signed_attributes.h", "mail/cms/openssl.h"}));
        }
}

TEST_CASE("clients/sending depends on no program and not on words, and clients/words depends on no program")
{
    const std::map<std::string, std::vector<std::string>> rooms = {
        {"clients/sending", {"clients/lib/", "clients/sending/"}},
        {"clients/words", {"clients/sending/", "clients/words/"}},
        {"clients/cli", {"clients/sending/", "clients/words/", "clients/cli/"}},
    };
    for (const auto& [room, allowed] : rooms)
        for (const Include& include : includes_below(room)) {
            INFO(include.file << " includes " << include.target);
            if (include.target.starts_with("clients/"))
                CHECK(starts_with_any(include.target, allowed));
        }
}

TEST_CASE("the shared part of mail/mime depends on no room, parse on no other, and sign and judge not on each other")
{
    const std::map<std::string, std::vector<std::string>> rooms = {
        {"parse", {"parse/"}},
        {"sign", {"parse/", "sign/"}},
        {"judge", {"parse/", "judge/"}},
    };
    const std::string mime = "mail/mime/";
    for (const Include& include : includes_below("mail")) {
        INFO(include.file << " includes " << include.target);
        if (!include.file.starts_with(mime)) {
            CHECK_FALSE(include.target.starts_with(mime));
            continue;
        }
        const std::string file = include.file.substr(mime.size());
        const auto room = rooms.find(file.substr(0, file.find('/')));
        if (include.target.starts_with(mime) && include.target.find('/', mime.size()) != std::string::npos) {
            REQUIRE(room != rooms.end());
            CHECK(starts_with_any(include.target.substr(mime.size()), room->second));
        }
    }
}

TEST_CASE("each library's headers appear only in the folder that owns it")
{
    const std::map<std::string, std::vector<std::string>> owners = {
        {"p11-kit/", {"pkcs11/token/", "clients/pkcs11-module/"}},
        {"libp11", {"pkcs11/token/"}},
        {"winscard", {"pkcs11/token/"}},
        {"pcsclite", {"pkcs11/token/"}},
        {"gmime/", {"mail/"}},
        {"asio", {"ipc/", "agent/"}},
        {"nlohmann/", {"base/codec.", "ipc/", "pkcs11/text.cpp", "clients/"}},
        {"curl/", {"clients/cli/"}},
        {"libxml/", {"preview/program/"}},
        {"seccomp.h", {"preview/program/"}},
        {"toml++/", {"agent/", "clients/"}},
    };
    for (const auto& [folder, allowed] : kArrows)
        for (const Include& include : includes_below(folder))
            for (const auto& [library, folders] : owners) {
                INFO(include.file << " includes " << include.target);
                if (include.target.starts_with(library))
                    CHECK(starts_with_any(include.file, folders));
            }
}

TEST_CASE("the scan of the includes reads the whole tree")
{
    CHECK(includes_below("base").size() > 30);
    CHECK(includes_below("agent").size() > 30);
}
