// The faults that the module was ordered to have, and its record of the calls. Both are in the folder that SCEAU_FAULTS
// names, so that a test can change the orders while the agent runs (faults.h). Each line of the file "orders" is one:
//
//     C_Sign hang                        every time
//     C_Login#3 return CKR_PIN_LOCKED    the third time since the orders came, whichever process calls it
//     sign C_Initialize exit 1           only in a process that signs; "discover" works the same way
//
// C_Login(context) is C_Login with CKU_CONTEXT_SPECIFIC, and C_Login is any other. Each call adds a line to the file
// "calls": "sign C_Login".
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::faulty {

struct Order {
    std::string fault;
    std::string argument;
};

/// Records the call and returns what must go wrong with it.
std::vector<Order> note_call(const std::string& function);

/// Replaces the orders, for this process and all others.
void reorder(const std::string& orders);

/// Reports to a test that waits for it.
void tell(const std::string& news);

/// Returns the path of a file in the folder.
std::filesystem::path file(std::string_view name);

} // namespace sceau::faulty
