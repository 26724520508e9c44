// cmake --install puts every file where Debian's programs look for it.

#include "tests/packaging/installation.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

std::string mode_of(const fs::path& file)
{
    const auto executable = fs::status(file).permissions() & fs::perms::others_exec;
    if (executable == fs::perms::none)
        return "data";
    const auto readable = fs::status(file).permissions() & (fs::perms::group_read | fs::perms::others_read);
    return readable == fs::perms::none ? "closed program" : "program";
}

} // namespace

TEST_CASE("an installation for a package has every file where Debian's programs look for it")
{
    const Installation installation = Installation::for_package();
    const auto files = installation.files();
    for (const auto& [path, kind] : std::map<std::string, std::string>{
             {"usr/bin/sceau", "program"},
             {"usr/bin/sceau-agent", "closed program"},
             {"usr/libexec/sceau/sceau-dialog", "closed program"},
             {"usr/libexec/sceau/sceau-preview", "closed program"},
             {"usr/libexec/sceau/sceau-token", "closed program"},
             {"usr/lib/systemd/user/sceau-agent.socket", "data"},
             {"usr/lib/systemd/user/sceau-agent.service", "data"},
             {"usr/lib/udev/rules.d/70-sceau.rules", "data"},
             {"usr/lib/udev/hwdb.d/70-sceau.hwdb", "data"},
             {"usr/share/man/man1/sceau.1", "data"},
             {"usr/share/man/man1/sceau-agent.1", "data"},
             {"usr/share/man/man5/sceau-agent.toml.5", "data"},
             {"usr/share/man/fr/man1/sceau.1", "data"},
             {"usr/share/man/fr/man1/sceau-agent.1", "data"},
             {"usr/share/man/fr/man5/sceau-agent.toml.5", "data"},
             {"usr/share/bash-completion/completions/sceau", "data"},
             {"etc/sceau/agent.toml", "data"},
             {"usr/" SCEAU_LIBDIR "/pkcs11/sceau-pkcs11.so", "data"},
             {"usr/" SCEAU_LIBDIR "/libsceau.so", "data"},
             {"usr/" SCEAU_LIBDIR "/libsceau.so.0", "data"},
             {"usr/" SCEAU_LIBDIR "/pkgconfig/libsceau.pc", "data"},
             {"usr/" SCEAU_LIBDIR "/cmake/sceau/sceau-config.cmake", "data"},
             {"usr/include/sceau.h", "data"},
             {"usr/share/p11-kit/modules/sceau.module", "data"},
             {"usr/share/doc/sceau/policies.json", "data"},
         }) {
        INFO(path);
        REQUIRE(std::ranges::find(files, fs::path(path)) != files.end());
        CHECK(mode_of(installation.root() / path) == kind);
    }
    for (const fs::path& file : files)
        CHECK_THAT(file.string(), Catch::StartsWith("usr/") || Catch::Equals("etc/sceau/agent.toml"));
}

TEST_CASE("the service starts the agent of its own prefix, and not of the folder that a package is built in")
{
    const Installation package = Installation::for_package();
    CHECK_THAT(text_of(package.units() / "sceau-agent.service"), Catch::Contains("\nExecStart=/usr/bin/sceau-agent\n"));
    const Installation own = Installation::with_prefix();
    CHECK_THAT(text_of(own.units() / "sceau-agent.service"),
               Catch::Contains("\nExecStart=" + (own.bin() / "sceau-agent").string() + "\n"));
}

TEST_CASE("the policy for Thunderbird and Firefox names the installed module")
{
    const Installation package = Installation::for_package();
    CHECK_THAT(text_of(package.root() / "usr/share/doc/sceau/policies.json"),
               Catch::Contains("\"/usr/" SCEAU_LIBDIR "/pkcs11/sceau-pkcs11.so\""));
}

TEST_CASE("p11-kit finds the module by its own folder of modules")
{
    const std::string module = text_of(Installation::for_package().root() / "usr/share/p11-kit/modules/sceau.module");
    CHECK_THAT(module, Catch::Contains("\nmodule: sceau-pkcs11.so\n"));
    const std::string folder = run({"pkg-config", "--variable=p11_module_path", "p11-kit-1"});
    CHECK(folder == "/usr/" SCEAU_LIBDIR "/pkcs11\n");
}

TEST_CASE("a program is built with the installed libsceau by pkg-config and by CMake")
{
    const Installation own = Installation::with_prefix();
    const fs::path libraries = own.root() / SCEAU_LIBDIR;
    const std::string sample = std::string(SCEAU_SOURCE_DIR) + "/docs/samples/sign.c";
    const TemporaryFolder work;
    const std::string out = (work.path() / "sign").string();
    run({"sh", "-ec",
         "cc " + sample + " $(pkg-config --cflags --libs libsceau libcrypto) -o " + out + " && ldd " + out +
             " | grep -q " + (libraries / "libsceau.so.0").string()},
        {{"PKG_CONFIG_PATH", libraries / "pkgconfig"}, {"LD_LIBRARY_PATH", libraries}});
    work.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(program LANGUAGES C)\n"
                                 "find_package(sceau REQUIRED)\nfind_package(OpenSSL REQUIRED)\n"
                                 "add_executable(program " +
                                     sample + ")\ntarget_link_libraries(program sceau::sceau OpenSSL::Crypto)\n");
    const std::string folder = work.path().string();
    run({"cmake", "-S", folder, "-B", folder + "/build", "-DCMAKE_PREFIX_PATH=" + own.root().string()});
    run({"cmake", "--build", folder + "/build"});
    CHECK(fs::exists(folder + "/build/program"));
}

TEST_CASE("an installation under /usr/local has every file where the system's programs look for it")
{
    const Installation local = Installation::for_administrator();
    CHECK_THAT(text_of(local.root() / "etc/pkcs11/modules/sceau.module"),
               Catch::Contains("\nmodule: /usr/local/" SCEAU_LIBDIR "/pkcs11/sceau-pkcs11.so\n"));
    for (const char* file : {"etc/udev/hwdb.d/70-sceau.hwdb", "usr/local/lib/udev/rules.d/70-sceau.rules",
                             "usr/local/lib/systemd/user/sceau-agent.socket", "usr/local/etc/sceau/agent.toml"}) {
        INFO(file);
        CHECK(fs::exists(local.root() / file));
    }
}

TEST_CASE("p11-kit's file in a person's own prefix names its module by the full path")
{
    const Installation own = Installation::with_prefix();
    CHECK_THAT(text_of(own.root() / "share/p11-kit/modules/sceau.module"),
               Catch::Contains("\nmodule: " + (own.root() / SCEAU_LIBDIR "/pkcs11/sceau-pkcs11.so").string() + "\n"));
}

TEST_CASE("nothing is installed outside a prefix that was asked for")
{
    const Installation installation = Installation::with_prefix();
    CHECK(fs::exists(installation.root() / "etc/sceau/agent.toml"));
    CHECK(fs::exists(installation.root() / "lib/udev/rules.d/70-sceau.rules"));
}

TEST_CASE("what an administrator wrote into the configuration survives an installation")
{
    const Installation installation = Installation::for_package();
    const fs::path file = installation.root() / "etc/sceau/agent.toml";
    std::ofstream(file) << "[token]\nwait_s = 5\n";
    installation.install_again();
    CHECK(text_of(file) == "[token]\nwait_s = 5\n");
}

TEST_CASE("the installed socket can be enabled for every user")
{
    const Installation installation = Installation::for_package();
    run({"systemctl", "--global", "--root=" + installation.root().string(), "enable", "sceau-agent.socket"});
    CHECK(fs::read_symlink(installation.root() / "etc/systemd/user/sockets.target.wants/sceau-agent.socket") ==
          "/usr/lib/systemd/user/sceau-agent.socket");
}
