// The agent's configuration: the administrator's file, then the file of the prefix in which the agent is installed (if
// that is not /usr), then the user's. A section that an earlier file has is final, so malware of the user's cannot
// configure its own pinentry or module.
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

/// A rule for one program. A program's name is only a claim, so a rule can only tighten.
struct ProgramRule {
    std::filesystem::path exe;       // absolute, as written in the configuration
    std::filesystem::path file = {}; // with links resolved
    Blind blind = Blind::ask;
    std::vector<std::string> keys = {}; // the first digits of those it may use, lower case; empty: all
};

/// What happens with a mail to a domain that is not among those named.
enum class OtherRecipients { ask, confirm, deny };

struct RecipientRule {
    std::vector<std::string> domains; // lower case, A-labels; with a dot in front: also the domains below it
    OtherRecipients others = OtherRecipients::ask;
};

struct Config {
    std::vector<pkcs11::Module> modules;
    std::chrono::seconds token_wait{60}; // for a known token that is not plugged in
    std::filesystem::path pinentry = "/usr/bin/pinentry";
    std::chrono::seconds pin_timeout{60};
    std::string pin_contact; // whom to call about a locked PIN; shown to the person
    Blind blind = Blind::ask;
    bool attest = false; // signatures of mails say in their attributes what was shown
    pkcs11::AfterLogin after_signature = pkcs11::AfterLogin::reset;
    std::vector<ProgramRule> programs;
    RecipientRule recipients;
    std::filesystem::path journal; // as base::default_journal() unless the files say otherwise
    IssuerSources issuers;         // not from the files: empty until the program sets it
};

/// Reads the files. Any of them may be missing, except one that was asked for by name. If no file has a [[module]],
/// OpenSC's is used where it is installed. A module that is named twice, under whatever path, counts once. Fails with
/// `invalid_parameter` for an unknown key or a wrong value (the message names file and line), and for a file that
/// exists but cannot be read or is writable by others: the first file may be writable by `administrator` only, the
/// other files also by the agent's own account. The path of the prefix's file may be empty.
base::Result<Config> load_config(const std::filesystem::path& administrators, const std::filesystem::path& users,
                                 bool users_is_required, uid_t administrator = 0,
                                 const std::filesystem::path& prefixes = {});

/// Returns $XDG_CONFIG_HOME/sceau/agent.toml, with ~/.config in place of an unset variable.
std::filesystem::path default_user_config();

inline constexpr const char* kAdministratorsConfig = "/etc/sceau/agent.toml";

} // namespace sceau::agent
