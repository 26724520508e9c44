// The environment of a program that we start is built from a list of names, so that only the named variables of a
// session reach it. Each caller keeps its own list: the agent has one for itself, its workers and its dialogs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

using Variables = std::vector<std::string>; // "NAME=value"

/// For a program that starts others, since a session's own PATH may lead anywhere.
inline constexpr std::string_view kPath = "PATH=/usr/local/bin:/usr/bin:/bin";

/// Returns the current variables of this process.
Variables own_environment();

/// Returns the variables with one of these names. A name that ends in '*' matches every name that begins with the rest:
/// "LC_*". A sanitized build always adds the options of the sanitizers.
Variables chosen(const Variables& from, std::span<const std::string_view> names);

/// Returns the strings in the form that execve(2) takes. The result is valid as long as the strings.
std::vector<char*> pointers_to(std::vector<std::string>& strings);

} // namespace sceau::base
