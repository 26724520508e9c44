// The person at the prompt, scripted: tests/support/pinentry-script with a folder of its own. A process can have only
// one at a time, since there is one program of that name.
#pragma once

#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace sceau::test {

class PinentryScript {
  public:
    explicit PinentryScript(const std::vector<std::string>& answers = {})
    {
        // The agent passes none of the test's variables to its dialogs.
        const std::filesystem::path script = std::filesystem::path(SCEAU_SOURCE_DIR) / "tests/support/pinentry-script";
        const std::filesystem::path written =
            own_folder().write("new", "#!/bin/sh\nSCEAU_PINENTRY_SCRIPT='" + folder_.path().string() + "' exec '" +
                                          script.string() + "'\n");
        std::filesystem::permissions(written, std::filesystem::perms::owner_all);
        std::filesystem::rename(written, program());
        will_answer(answers);
    }

    /// Replaces the answers that were not used yet: "pin 123456", "cancel", "hang" … (see the program).
    void will_answer(const std::vector<std::string>& answers) const
    {
        std::string text;
        for (const std::string& answer : answers)
            text += answer + "\n";
        folder_.write("answers", text);
    }

    /// From now on, cancels every dialog that has this text in its description, such as those of one program.
    void will_cancel_what_has(const std::string& text) const { folder_.write("unwanted", text); }

    std::size_t times_refused() const
    {
        const std::string lines = folder_.read("refused");
        return static_cast<std::size_t>(std::ranges::count(lines, '\n'));
    }

    static std::filesystem::path program() { return own_folder().path() / "pinentry"; }

    std::size_t times_asked() const
    {
        const std::string lines = folder_.read("count");
        return static_cast<std::size_t>(std::ranges::count(lines, '\n'));
    }

    std::size_t times_told() const
    {
        const std::string lines = folder_.read("told");
        return static_cast<std::size_t>(std::ranges::count(lines, '\n'));
    }

    /// Everything that pinentry was sent, line by line.
    std::string log() const { return folder_.read("log"); }

    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    static const TemporaryFolder& own_folder()
    {
        static const TemporaryFolder folder;
        return folder;
    }

    TemporaryFolder folder_;
};

} // namespace sceau::test
