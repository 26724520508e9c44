// Who asks, as a person knows it: by the name on their menu, and what they are doing when it asks. All of it is a claim
// of a program's, and serves to be shown.
#pragma once

#include "base/language.h"
#include "ipc/peer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sceau::agent {

enum class CallerKind { unknown, mail, browser, documents, ssh, git };

struct Caller {
    std::string name;
    CallerKind kind = CallerKind::unknown;
};

/// Where the system keeps its desktop files.
std::vector<std::filesystem::path> applications_folders();

/// By the desktop file of the program, or of the first of those that started it which has one, with the program's own
/// file behind it: "Thunderbird Mail (thunderbird-bin)". Only files of the administrator's in these folders may give a
/// name, and only to programs of root's; a terminal or a desktop that started it says nothing. Else as program_of() has
/// it.
Caller caller_of(const ipc::Peer& peer, base::Language language,
                 const std::vector<std::filesystem::path>& folders = applications_folders(), uid_t administrator = 0);

/// "thunderbird", with the program that started it: "ssh < bash". Where it calls itself otherwise than its file is
/// called, that too: "thunderbird (python3.11)". Never empty, also where nothing of its names can be seen.
std::string program_of(const ipc::Peer& peer, base::Language language);

/// Lines for the prompt about a program that anybody can have written: one that is no file of root's, or cannot be
/// looked at. A name is all that such a program needs to look like another. Nothing for a program of the system's.
std::string note_on_program(const ipc::Peer& peer, base::Language language);

} // namespace sceau::agent
