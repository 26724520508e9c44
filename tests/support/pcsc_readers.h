// What PC/SC says of its readers, for pcscd-sandbox.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sceau::test {

/// Whether there is a daemon that accepts clients.
bool pcsc_serves();
/// In the order of the daemon's list.
std::vector<std::string> pcsc_readers();
/// Waits until there is a card in the reader that answers, or none. std::runtime_error after a minute.
void pcsc_await(const std::string& reader, bool present);

/// Asks again and again, for what gives no event. std::runtime_error after a minute.
void wait_until(const std::string& what, const std::function<bool()>& holds);

} // namespace sceau::test
