// A desk at which other people's programs sign through sceau-pkcs11.so.
#pragma once

#include "tests/e2e/desk.h"

namespace sceau::test {

/// The token of the desk, whose keys are Alice Example's (RSA), Bob Example's (P-256, with a PIN for each use of its
/// own) and Carol Example's (RSA, for encryption too).
class ModuleDesk : public Desk {
  public:
    ModuleDesk();

    /// The program by its whole path; the agent is where the desk has it.
    Ended run(const Arguments& arguments, const std::string& input = {}) const;
    /// The same, of a program that must succeed: std::runtime_error with what it said otherwise.
    std::string out_of(const Arguments& arguments, const std::string& input = {}) const;
    std::unique_ptr<Program> start(const Arguments& arguments) const;

    std::filesystem::path file(const std::string& name) const { return folder.path() / name; }
    /// CKA_ID, in hex.
    std::string id_of(const std::string& label) const;
    /// PEM, as a file.
    std::filesystem::path certificate_of(const std::string& label) const;

    /// The person types the PIN whenever asked.
    void will_sign(std::size_t times) const;

    static std::string module_path();
};

inline constexpr const char* kLabels[] = {"Alice Example", "Bob Example", "Carol Example"};

} // namespace sceau::test
