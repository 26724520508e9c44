// Runs a program for a test's set-up.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sceau::test {

/// Waits for the program's end and returns its stdout and stderr together. Throws std::runtime_error with that text if
/// the program cannot be started or exits with a status other than 0. The environment is added to ours.
std::string run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {});

} // namespace sceau::test
