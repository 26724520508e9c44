// Desks at which other people's programs sign through sceau-pkcs11.so. What must hold for every token is a
// TEMPLATE_TEST_CASE over OnSoftHsm and OnCard.
#pragma once

#include "tests/e2e/card_desk.h"
#include "tests/e2e/desk.h"

namespace sceau::test {

/// The keys of each desk: an RSA key to sign with, an elliptic-curve key, and a key that also decrypts.
inline constexpr const char* kLabels[] = {"Alice Example", "Bob Example", "Carol Example"};

class ModuleDesk {
  public:
    ModuleDesk(const ModuleDesk&) = delete;
    ModuleDesk& operator=(const ModuleDesk&) = delete;

    /// Runs the program, which is given by its full path, with the desk's agent.
    Ended run(const Arguments& arguments, const std::string& input = {}) const;
    /// The same for a program that must succeed; throws std::runtime_error with its output if it does not.
    std::string out_of(const Arguments& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start(const Arguments& arguments) const;
    /// The command line of `sceau`.
    Arguments sceau(const Arguments& arguments) const { return desk_->command(arguments); }

    std::filesystem::path file(const std::string& name) const { return folder.path() / name; }
    /// The key's name in `sceau keys`, by which CKA_ID can be searched as well.
    std::string id_of(const std::string& label) const;
    /// The token's own CKA_ID, in hex.
    std::string cka_id_of(const std::string& label) const;
    /// A file in PEM.
    std::filesystem::path certificate_of(const std::string& label) const;
    /// A file in PEM.
    std::filesystem::path public_key_of(const std::string& label) const;
    /// The URI of its private key (RFC 7512).
    std::string uri_of(const std::string& label) const;
    static std::string in_uri(const std::string& label);

    /// The person types the PIN whenever asked.
    void will_sign(std::size_t times) const;

    static std::string module_path();
    static Arguments pkcs11_tool(const Arguments& arguments);

  private:
    std::string member_of(const std::string& label, const std::string& member) const;

    std::unique_ptr<AgentDesk> desk_; // declared before the members that refer to it

  public:
    Environment& environment; // for the programs
    const PinentryScript& person;
    const TemporaryFolder& folder;
    const std::filesystem::path& ca;
    std::string token; // its label

  protected:
    explicit ModuleDesk(std::unique_ptr<AgentDesk> desk);
    ~ModuleDesk() = default;

    AgentDesk& agent_desk() const { return *desk_; }
};

/// The type of Carol's key.
enum class Encryption { rsa, ec };

/// Bob's key is on P-256 and needs a login for each use; Carol's is RSA-3072, or on P-521.
struct OnSoftHsm : ModuleDesk {
    explicit OnSoftHsm(Encryption encryption = Encryption::rsa);
};

/// Alice's key is 9C, "PIN always"; Bob's is 9A, on P-384; Carol's is 9D, RSA-2048 or on P-256.
struct OnCard : ModuleDesk {
    explicit OnCard(Encryption encryption = Encryption::rsa);

    CardDesk& desk;
};

/// Alice's key is 9C. An intermediate authority has issued its certificate; the authority's own certificate is in the
/// person's folder and not on the card.
struct OnCardOfIntermediate : ModuleDesk {
    OnCardOfIntermediate();
};

} // namespace sceau::test
