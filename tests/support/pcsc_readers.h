// What PC/SC says of its readers, for pcscd-sandbox.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sceau::test {

/// Whether a daemon accepts clients.
bool pcsc_serves();
/// Returns the readers in the order of the daemon's list.
std::vector<std::string> pcsc_readers();
/// Waits until the reader has a card that answers, or has none. Throws std::runtime_error after a minute.
void pcsc_await(const std::string& reader, bool present);

/// Polls a condition for which there is no event. Throws std::runtime_error after a minute.
void wait_until(const std::string& what, const std::function<bool()>& holds);

} // namespace sceau::test
