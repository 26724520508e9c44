// Runs a program for a test's set-up.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sceau::test {

/// Waits for its end and returns what it wrote, stdout and stderr together. std::runtime_error with that text when it
/// cannot be started or ends with another status than 0. The environment is added to ours.
std::string run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {});

} // namespace sceau::test
