// virtual-token: virtual PIV cards behind a pcscd of their own, for scripts and for tests in other languages.
//
//     virtual-token [CARD...]
//
// A CARD lists its differences from the default card, separated by commas: 9a=p256 9c=rsa2048 9d=p384
// address=a@example.org name=Alice guid=5cea…(32 hex digits) pin=123456 puk=12345678 tries=3. If slots are given, the
// card has no others. Without a CARD there is one default card.
//
// The program writes "PCSCLITE_CSOCK_NAME=…" and "ready", and then answers the lines of command_line.h until its input
// ends.
#include "tests/virtual-token/command_line.h"

#include <iostream>
#include <sstream>
#include <stdexcept>

using namespace sceau;
using namespace sceau::test;

namespace {

struct Words {
    std::map<PivSlot, std::string> keys;
    std::string name;
    std::string address;
};

void take_word(const std::string& word, CardProfile& profile, Words& words)
{
    const auto equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "9a" || key == "9c" || key == "9d")
        words.keys[static_cast<PivSlot>(std::stoul(key, nullptr, 16))] = value;
    else if (key == "name")
        words.name = value;
    else if (key == "address")
        words.address = value;
    else if (key == "guid")
        profile.guid = base::from_hex(value).value();
    else if (key == "pin")
        profile.pin = value;
    else if (key == "puk")
        profile.puk = value;
    else if (key == "tries")
        profile.pin_tries = static_cast<unsigned>(std::stoul(value));
    else
        throw std::runtime_error("no such word: " + word);
}

CardProfile parse_card(const std::string& text)
{
    CardProfile profile;
    Words words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');)
        take_word(word, profile, words);
    if (!words.keys.empty())
        profile.keys.clear();
    for (const auto& [slot, key] : words.keys)
        profile.keys[slot].key = key;
    for (auto& [slot, certificate] : profile.keys) {
        if (slot == PivSlot::key_management)
            certificate.key_usage = certificate.key == "rsa2048" ? "critical,keyEncipherment" : "critical,keyAgreement";
        if (!words.name.empty())
            certificate.name = words.name;
        if (!words.address.empty())
            certificate.addresses = {words.address};
    }
    return profile;
}

void run(const std::vector<std::string>& texts)
{
    std::vector<std::unique_ptr<VirtualCard>> cards;
    std::vector<VirtualCard*> pointers;
    for (const std::string& text : texts) {
        cards.push_back(std::make_unique<VirtualCard>(parse_card(text)));
        pointers.push_back(cards.back().get());
    }
    PrivatePcscd pcscd(pointers);
    CommandLine commands(pointers, &pcscd);
    for (const auto& [name, value] : pcscd.environment())
        std::cout << name << "=" << value << "\n";
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << commands.answer(line) << std::flush;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        std::vector<std::string> cards(argv + 1, argv + argc);
        run(cards.empty() ? std::vector<std::string>{""} : cards);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "virtual-token: " << error.what() << "\n";
        return 1;
    }
}
