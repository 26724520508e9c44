// How the caller is described to a person, and what the person must be doing when it asks.
#include "agent/person/caller.h"
#include "agent/person/desktop_entry.h"
#include "agent/person/occasion.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::Language;

namespace {

std::string desktop_file(const std::string& name, const std::string& exec, const std::string& more = {})
{
    return "[Desktop Entry]\nType=Application\nName=" + name + "\nExec=" + exec + "\n" + more;
}

// A menu that belongs to the administrator.
class Menu {
  public:
    Menu()
    {
        add("mail", desktop_file("Mail", "/usr/bin/thunderbird %u", "Name[fr]=Courrier\nCategories=Network;Email;\n"));
        add("writer", desktop_file("LibreOffice Writer", "libreoffice --writer %U", "Categories=Office;\n"));
        add("calc", desktop_file("LibreOffice Calc", "libreoffice --calc %U", "Categories=Office;\n"));
        add("office", desktop_file("LibreOffice", "soffice %U", "Categories=Office;\n"));
        add("terminal", desktop_file("Terminal", "gnome-terminal", "Categories=System;TerminalEmulator;\n"));
        add("evolution", desktop_file("Evolution", "evolution %U", "Categories=Office;Email;\n"));
        add("sandboxed", desktop_file("Sandboxed", "/usr/bin/flatpak run org.example", ""));
        add("hidden", desktop_file("Python", "/usr/bin/python3.11", "NoDisplay=true\n"));
    }
    void add(const std::string& name, const std::string& text) const { folder_.write(name + ".desktop", text); }
    std::vector<std::filesystem::path> folders() const { return {folder_.path() / "none", folder_.path()}; }
    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
};

ipc::Peer program(const std::string& file, const std::vector<std::string>& parents = {})
{
    ipc::Peer peer;
    peer.executable = file;
    peer.name = std::filesystem::path(file).filename();
    peer.of_system = true;
    for (const std::string& parent : parents) {
        peer.parents.push_back(std::filesystem::path(parent).filename());
        peer.parent_executables.push_back(parent);
    }
    return peer;
}

mail::cms::CertificateFacts key(bool for_mail, bool for_login)
{
    mail::cms::CertificateFacts facts;
    facts.for_mail = for_mail;
    facts.for_login = for_login;
    return facts;
}

} // namespace

TEST_CASE("a program is named as on the person's menu, followed by its file")
{
    const Menu menu;
    const auto named = [&](const ipc::Peer& peer, Language language = Language::english) {
        return caller_of(peer, language, menu.folders(), ::geteuid()).name;
    };
    CHECK(named(program("/usr/lib/thunderbird/thunderbird-bin", {"/usr/bin/gnome-shell"})) == "Mail (thunderbird-bin)");
    CHECK(named(program("/usr/lib/thunderbird/thunderbird-bin"), base::language_of("fr")) ==
          "Courrier (thunderbird-bin)");
    CHECK(named(program("/usr/lib/libreoffice/program/soffice.bin", {"/usr/lib/libreoffice/program/oosplash"})) ==
          "LibreOffice (soffice.bin)");
    CHECK(named(program("/usr/bin/evolution", {"/usr/lib/systemd/systemd"})) == "Evolution (evolution)");
    CHECK(named(program("/usr/libexec/helper", {"/usr/bin/evolution"})) == "Evolution (helper)");
}

TEST_CASE("no program gets a name on the menu that may belong to another")
{
    const Menu menu;
    const auto named = [&](const ipc::Peer& peer) {
        return caller_of(peer, Language::english, menu.folders(), ::geteuid()).name;
    };
    ipc::Peer own = program("/home/eve/thunderbird");
    own.of_system = false;
    CHECK(named(own) == "thunderbird");
    ipc::Peer started_by_own = program("/usr/bin/curl", {"/home/eve/evolution"});
    started_by_own.parent_executables = {""};
    CHECK(named(started_by_own) == "curl < evolution");
    CHECK(named(program("/usr/bin/ssh", {"/usr/bin/bash", "/usr/bin/gnome-terminal", "/usr/bin/evolution"})) ==
          "ssh < bash");
    CHECK(named(program("/usr/bin/flatpak")) == "flatpak");
    CHECK(named(program("/usr/bin/python3.11")) == "python3.11");
    menu.add("other", desktop_file("Another mail program", "thunderbird"));
    CHECK(named(program("/usr/lib/thunderbird/thunderbird-bin")) == "thunderbird-bin");
    std::filesystem::permissions(menu.folder() / "evolution.desktop", std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    CHECK(named(program("/usr/bin/evolution")) == "evolution");
}

TEST_CASE("a long or odd name on the menu neither hides the program's file nor breaks out of its line")
{
    const Menu menu;
    menu.add("long", desktop_file(std::string(500, 'x'), "longname"));
    menu.add("odd", desktop_file("A\x1b[31m\xe2\x80\xae"
                                 "B",
                                 "odd"));
    const std::string name =
        caller_of(program("/usr/bin/longname"), Language::english, menu.folders(), ::geteuid()).name;
    CHECK(name.ends_with("… (longname)"));
    CHECK(caller_of(program("/usr/bin/odd"), Language::english, menu.folders(), ::geteuid()).name == "A[31mB (odd)");
}

TEST_CASE("a desktop file is read as its specification says")
{
    const auto read = [](const std::string& text) { return read_desktop_entry(text, base::language_of("fr")); };
    const auto entry = read("# a comment\n[Other]\nName=No\n[Desktop Entry]\nType = Application\r\nName=Mail\n"
                            "Name[fr_CA]=Non\nName[fr]=Courrier\nName=Again\nExec=\"/opt/my mail/bin\" --name %c %u\n"
                            "Categories=Email;;Office\n[Desktop Action New]\nName=New\nExec=other\n");
    REQUIRE(entry);
    CHECK(entry->name == "Courrier");
    CHECK(entry->program == "/opt/my mail/bin");
    CHECK_FALSE(entry->is_plain);
    CHECK(std::ranges::count(entry->categories, "Email") == 1);
    for (const std::string none :
         {"", "[Desktop Entry]\n", "[Desktop Entry]\nType=Link\nName=x\nExec=x\n",
          "[Desktop Entry]\nType=Application\nExec=x\n", "[Desktop Entry]\nType=Application\nName=x\nExec=\n",
          "[Desktop Entry]\nType=Application\nName=x\nExec=sh -c x\n",
          "[Desktop Entry]\nType=Application\nName=x\nExec=env A=b x\n"}) {
        INFO(none);
        CHECK_FALSE(read(none));
    }
}

TEST_CASE("what a person must be doing follows from who asks, the key and what is shown")
{
    const auto both = key(true, true);
    mail::cms::SignedAttributes of_mail;
    of_mail.of_mail = true;
    CHECK(occasion_of(CallerKind::mail, both, &of_mail) == Occasion::mail);
    CHECK(occasion_of(CallerKind::unknown, both, &of_mail) == Occasion::mail);
    CHECK(occasion_of(CallerKind::mail, both, nullptr) == Occasion::mail_or_login);
    CHECK(occasion_of(CallerKind::mail, key(true, false), nullptr) == Occasion::mail);
    CHECK(occasion_of(CallerKind::mail, key(false, true), nullptr) == Occasion::login);
    CHECK(occasion_of(CallerKind::browser, both, nullptr) == Occasion::login);
    CHECK(occasion_of(CallerKind::documents, both, nullptr) == Occasion::document);
    CHECK(occasion_of(CallerKind::ssh, both, nullptr) == Occasion::ssh);
    CHECK(occasion_of(CallerKind::git, both, nullptr) == Occasion::commit);
    CHECK(occasion_of(CallerKind::unknown, both, nullptr) == Occasion::any);
    CHECK(occasion_of(CallerKind::unknown, key(false, true), nullptr) == Occasion::login);
    CHECK(occasion_of(CallerKind::unknown, key(true, false), nullptr) == Occasion::mail);
}

TEST_CASE("the kind of a caller is that of its menu entry, or of a known program among those that started it")
{
    const Menu menu;
    const auto kind = [&](const ipc::Peer& peer) {
        return caller_of(peer, Language::english, menu.folders(), ::geteuid()).kind;
    };
    CHECK(kind(program("/usr/lib/thunderbird/thunderbird-bin")) == CallerKind::mail);
    CHECK(kind(program("/usr/lib/libreoffice/program/soffice.bin")) == CallerKind::documents);
    CHECK(kind(program("/usr/bin/ssh", {"/usr/bin/git", "/usr/bin/bash"})) == CallerKind::ssh);
    CHECK(kind(program("/usr/bin/ssh-keygen", {"/usr/bin/git", "/usr/bin/bash"})) == CallerKind::git);
    CHECK(kind(program("/usr/bin/neomutt", {"/usr/bin/bash"})) == CallerKind::mail);
    CHECK(kind(program("/usr/bin/curl", {"/usr/bin/bash", "/usr/bin/gnome-terminal"})) == CallerKind::unknown);
    ipc::Peer own = program("/home/eve/ssh");
    own.of_system = false;
    CHECK(kind(own) == CallerKind::unknown);
}
