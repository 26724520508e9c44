// Describes the caller as a person knows it: by its name on the menu, and by what the person is doing when it asks. All
// of this is a program's claim and is only shown.
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

/// The folders in which the system keeps its desktop files.
std::vector<std::filesystem::path> applications_folders();

/// Names the program after its desktop file, or after that of its nearest ancestor that has one, with the program's own
/// file in parentheses: "Thunderbird Mail (thunderbird-bin)". A name is taken only from an administrator's file in
/// these folders, and only for a program that root owns; a terminal or desktop that started the program gives no name.
/// Otherwise the name is that of program_of().
Caller caller_of(const ipc::Peer& peer, base::Language language,
                 const std::vector<std::filesystem::path>& folders = applications_folders(), uid_t administrator = 0);

/// Returns the program and the program that started it: "ssh < bash". If a program calls itself something other than
/// the name of its file, the file follows: "thunderbird (python3.11)". Never empty, even when no name can be read.
std::string program_of(const ipc::Peer& peer, base::Language language);

/// Returns lines for the prompt that warn of a program which anyone could have written: its file does not belong to
/// root or cannot be inspected. Such a program only needs a name to look like another. Empty for a program of the
/// system.
std::string note_on_program(const ipc::Peer& peer, base::Language language);

} // namespace sceau::agent
