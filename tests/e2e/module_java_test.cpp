// Java's SunPKCS11 with sceau-pkcs11.so.
#include "tests/e2e/module_desk.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

TEMPLATE_TEST_CASE("Java lists the keys and signs an archive with each, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto config = desk.folder.write("java.cfg", "name = Sceau\nlibrary = " + ModuleDesk::module_path() + "\n");
    const auto with = [&](Arguments arguments, const Arguments& rest) {
        const Arguments store = {"-J-Duser.language=en",
                                 "-keystore",
                                 "NONE",
                                 "-storetype",
                                 "PKCS11",
                                 "-storepass",
                                 "none",
                                 "-providerClass",
                                 "sun.security.pkcs11.SunPKCS11",
                                 "-providerArg",
                                 config};
        arguments.insert(arguments.end(), store.begin(), store.end());
        arguments.insert(arguments.end(), rest.begin(), rest.end());
        return desk.run(arguments);
    };
    const Ended list = with({"/usr/bin/keytool", "-list"}, {});
    CHECK(list.status == 0);
    for (const char* label : kLabels)
        CHECK_THAT(list.out, Catch::Contains(std::string(label) + ", PrivateKeyEntry"));
    desk.will_sign(3);
    const auto archive = desk.file("archive.jar");
    for (const char* label : kLabels) {
        desk.out_of({"/usr/bin/jar", "cf", archive, desk.ca});
        const Ended ended = with({"/usr/bin/jarsigner"}, {archive, label});
        INFO(ended.out << ended.err);
        CHECK(ended.status == 0);
        CHECK_THAT(desk.out_of({"/usr/bin/jarsigner", "-verify", archive}), Catch::Contains("jar verified."));
    }
    CHECK(desk.person.times_asked() == 3);
}
