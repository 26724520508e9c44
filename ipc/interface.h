// The text of the interface files at the time of the build.
#pragma once

#include <string_view>

namespace sceau::ipc {

/// org.sceau.Agent.varlink: the contract with clients.
std::string_view interface_description();
/// org.varlink.service.varlink: the interface of every Varlink service.
std::string_view service_description();

/// The project's version, "0.1.0", and its home page.
std::string_view version();
std::string_view home_page();

} // namespace sceau::ipc
