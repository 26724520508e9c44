// Desks at which other people's programs sign through sceau-pkcs11.so. What is to hold for every token is a
// TEMPLATE_TEST_CASE over OnSoftHsm and OnCard.
#pragma once

#include "tests/e2e/card_desk.h"
#include "tests/e2e/desk.h"

namespace sceau::test {

/// The keys of each desk: an RSA key to sign with, one on a curve, and a key to encrypt for as well.
inline constexpr const char* kLabels[] = {"Alice Example", "Bob Example", "Carol Example"};

class ModuleDesk {
  public:
    ModuleDesk(const ModuleDesk&) = delete;
    ModuleDesk& operator=(const ModuleDesk&) = delete;

    /// The program by its whole path; the agent is where the desk has it.
    Ended run(const Arguments& arguments, const std::string& input = {}) const;
    /// The same, of a program that must succeed: std::runtime_error with what it said otherwise.
    std::string out_of(const Arguments& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start(const Arguments& arguments) const;
    /// Our own command's line.
    Arguments sceau(const Arguments& arguments) const { return desk_->command(arguments); }

    std::filesystem::path file(const std::string& name) const { return folder.path() / name; }
    /// The key's name in `sceau keys`, which CKA_ID is sought by too.
    std::string id_of(const std::string& label) const;
    /// The token's own CKA_ID, in hex.
    std::string cka_id_of(const std::string& label) const;
    /// PEM, as a file.
    std::filesystem::path certificate_of(const std::string& label) const;
    /// PEM, as a file.
    std::filesystem::path public_key_of(const std::string& label) const;
    /// Of its private key (RFC 7512).
    std::string uri_of(const std::string& label) const;
    static std::string in_uri(const std::string& label);

    /// The person types the PIN whenever asked.
    void will_sign(std::size_t times) const;

    static std::string module_path();
    static Arguments pkcs11_tool(const Arguments& arguments);

  private:
    std::string member_of(const std::string& label, const std::string& member) const;

    std::unique_ptr<AgentDesk> desk_; // before what refers to it

  public:
    Environment& environment; // of the programs
    const PinentryScript& person;
    const TemporaryFolder& folder;
    const std::filesystem::path& ca;
    std::string token; // its label

  protected:
    explicit ModuleDesk(std::unique_ptr<AgentDesk> desk);
    ~ModuleDesk() = default;

    AgentDesk& agent_desk() const { return *desk_; }
};

/// What Carol's key is.
enum class Encryption { rsa, ec };

/// Bob's key is on P-256 and needs a login for each use of its own; Carol's is RSA-3072, or on P-521.
struct OnSoftHsm : ModuleDesk {
    explicit OnSoftHsm(Encryption encryption = Encryption::rsa);
};

/// Alice's is 9C, "PIN always", Bob's 9A on P-384, Carol's 9D, RSA-2048 or on P-256.
struct OnCard : ModuleDesk {
    explicit OnCard(Encryption encryption = Encryption::rsa);

    CardDesk& desk;
};

/// Alice's is 9C, issued by an intermediate authority, whose certificate is in the person's folder and not on the card.
struct OnCardOfIntermediate : ModuleDesk {
    OnCardOfIntermediate();
};

} // namespace sceau::test
