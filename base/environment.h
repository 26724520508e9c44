// The environment of a program that we start is built from a list of names: nothing of a session reaches it but what is
// named. Each caller has its list beside it: the agent for itself, its workers and its dialogs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

using Variables = std::vector<std::string>; // "NAME=value"

/// For a program that starts others; a session's own may lead anywhere.
inline constexpr std::string_view kPath = "PATH=/usr/local/bin:/usr/bin:/bin";

/// This process's own, as they are now.
Variables own_environment();

/// Those with one of these names. A name that ends in '*' stands for all that begin so: "LC_*". A sanitizer's options
/// are always among them in a sanitized build.
Variables chosen(const Variables& from, std::span<const std::string_view> names);

/// As execve(2) takes it; valid as long as the strings.
std::vector<char*> pointers_to(std::vector<std::string>& strings);

} // namespace sceau::base
