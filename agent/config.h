// The agent's configuration (sceau-agent.toml(5)): the administrator's file, that of the prefix the agent is installed
// in where that is another than /usr, then the user's. Any section that an earlier file has is final, so that a user's
// malware cannot put its own pinentry or module in place.
#pragma once

#include "agent/tokens/issuer_store.h"
#include "base/result.h"
#include "pkcs11/worker.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace sceau::agent {

enum class Blind { ask, deny };

/// A rule for one program. A program's name is a claim, so a rule can only tighten.
struct ProgramRule {
    std::filesystem::path exe;       // absolute, as the configuration has it
    std::filesystem::path file = {}; // what it is once links are followed
    Blind blind = Blind::deny;
};

struct Config {
    std::vector<pkcs11::Module> modules;
    std::chrono::seconds token_wait{60}; // for a known token that is not plugged in
    std::filesystem::path pinentry = "/usr/bin/pinentry";
    std::chrono::seconds pin_timeout{60};
    std::string pin_contact; // whom to call about a locked PIN, as the person is told
    Blind blind = Blind::ask;
    pkcs11::AfterLogin after_signature = pkcs11::AfterLogin::reset;
    std::vector<ProgramRule> programs;
    IssuerSources issuers; // not of the files: nothing, until the program says where
};

/// Reads both files; either may be missing, save one that was asked for by name. Without a [[module]] anywhere,
/// OpenSC's is taken where it is installed; a module that is named twice, by whatever path, counts once.
/// `invalid_parameter` names file and line of an unknown key or a wrong value, and a file that is there and cannot be
/// read, or that others than `administrator` (for the first) or also the agent's own account (for the others) can write
/// to. The prefix's file may have no path.
base::Result<Config> load_config(const std::filesystem::path& administrators, const std::filesystem::path& users,
                                 bool users_is_required, uid_t administrator = 0,
                                 const std::filesystem::path& prefixes = {});

/// $XDG_CONFIG_HOME/sceau/agent.toml, with ~/.config in place of an unset variable.
std::filesystem::path default_user_config();

inline constexpr const char* kAdministratorsConfig = "/etc/sceau/agent.toml";

} // namespace sceau::agent
