// What the module was told to do wrong, and its record of what it was asked. Both lie in the folder that SCEAU_FAULTS
// names, so that a test changes its mind while the agent runs (faults.h). A line of the file "orders" is an order:
//
//     C_Sign hang                        each time
//     C_Login#3 return CKR_PIN_LOCKED    the third time since the orders came, whichever process calls it
//     sign C_Initialize exit 1           only in a process that signs; or "discover"
//
// C_Login(context) is C_Login with CKU_CONTEXT_SPECIFIC, C_Login any other. The file "calls" gets a line a call:
// "sign C_Login".
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

/// Notes the call, and returns what is to go wrong with it.
std::vector<Order> note_call(const std::string& function);

/// Replaces the orders, for this process and all others.
void reorder(const std::string& orders);

/// To a test that waits for it.
void tell(const std::string& news);

/// A file of the folder's.
std::filesystem::path file(std::string_view name);

} // namespace sceau::faulty
