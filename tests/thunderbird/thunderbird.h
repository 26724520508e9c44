// The real Thunderbird, with Sceau's module by the policy that Sceau ships and an account on loopback: session.py
// starts it on a screen of its own, and does in it what a person does. It looks at nothing of the machine's and reaches
// no network. One at a time on a desk. Where SCEAU_PICTURES names a folder, it gets PNGs of the screen.
#pragma once

#include "tests/e2e/module_desk.h"

#include <nlohmann/json_fwd.hpp>

namespace sceau::test {

struct Letter {
    std::string subject;
    std::string text;
    std::vector<std::string> attachments = {}; // their names
};

struct Opened {
    std::string icon;       // beside the subject: "message-signed-ok.svg"
    std::string signature;  // behind the S/MIME button: "Message Is Signed"
    std::string why;        // the sentence below it
    std::string encryption; // "Message Is Encrypted"
    std::string text;
};

class Thunderbird {
  public:
    /// The account is "Alice"'s, or another's of kLabels. Returns when the main window is there. std::runtime_error,
    /// here and in every function, with what Thunderbird said and the path of a picture of its screen.
    explicit Thunderbird(const ModuleDesk& desk, const std::string& person = "Alice",
                         const std::filesystem::path& module = ModuleDesk::module_path());

    /// The certificates on tokens: "Direction 2026: Alice Example".
    std::vector<std::string> certificates() const;
    /// The account is to sign with the certificate that its settings offer; the names on offer. A picture: "settings".
    std::vector<std::string> choose_certificate() const;
    /// The modules in the list of security devices. A picture: "devices".
    std::vector<std::string> modules() const;

    /// Opens a window to write in, which is going to sign. A picture: "compose".
    void compose(const Letter& letter) const;
    /// Presses Send there: the mail as the server got it. Empty where Thunderbird told in a dialog that it did not
    /// send.
    std::string send() const;
    /// What stands in the window.
    Letter composed() const;

    /// A mail comes and is opened. A picture, of the panel behind the S/MIME button: its name.
    Opened open(const std::string& mail, const std::string& picture) const;

    /// Waits until the global indexer, which is on as it is for everybody, has read that mail too.
    void wait_until_indexed() const;

    /// Windows and dialogs that came up by themselves since the last time: each one's page, and what it said.
    std::vector<std::string> shown() const;

    double start_seconds() const;

  private:
    nlohmann::json order(const nlohmann::json& words) const;
    nlohmann::json answer() const;
    void take_picture(const std::string& name) const;

    const ModuleDesk& desk_;
    std::filesystem::path folder_;
    base::UniqueFd orders_;
    std::unique_ptr<Program> session_;
};

} // namespace sceau::test
