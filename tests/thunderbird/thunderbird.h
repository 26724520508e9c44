// The real Thunderbird, with Sceau's module through the policy that Sceau ships, and an account on loopback. session.py
// starts it on a screen of its own and does in it what a person does. It sees nothing of the machine's settings and
// reaches no network. There is one at a time on a desk. If SCEAU_PICTURES names a folder, PNGs of the screen are
// written to it.
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
    std::string why;        // the sentence below that
    std::string encryption; // "Message Is Encrypted"
    std::string text;
};

class Thunderbird {
  public:
    /// The account belongs to "Alice" or to another of kLabels. Returns when the main window is there. Like every other
    /// function here, it throws std::runtime_error with Thunderbird's messages and the path of a picture of its screen.
    explicit Thunderbird(const ModuleDesk& desk, const std::string& person = "Alice",
                         const std::filesystem::path& module = ModuleDesk::module_path());

    /// Returns the certificates on tokens: "Direction 2026: Alice Example".
    std::vector<std::string> certificates() const;
    /// Sets the account to sign with the certificate that its settings offer, and returns the names on offer. Its
    /// picture is "settings".
    std::vector<std::string> choose_certificate() const;
    /// Returns the modules in the list of security devices. Its picture is "devices".
    std::vector<std::string> modules() const;

    /// Opens a compose window that will sign. Its picture is "compose".
    void compose(const Letter& letter) const;
    /// Presses Send in that window and returns the mail as the server received it. Empty if Thunderbird said in a
    /// dialog that it did not send.
    std::string send() const;
    /// Returns the contents of the window.
    Letter composed() const;

    /// Delivers a mail and opens it. The picture of that name shows the panel behind the S/MIME button.
    Opened open(const std::string& mail, const std::string& picture) const;

    /// Waits until the global indexer, which is on by default, has read that mail too.
    void wait_until_indexed() const;

    /// Returns the windows and dialogs that appeared by themselves since the last call: each one's page and message.
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
