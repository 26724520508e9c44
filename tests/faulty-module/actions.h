// The actions that any function can take instead of its work, or before it.
#pragma once

#include "tests/faulty-module/orders.h"

#include <p11-kit/pkcs11.h>

#include <optional>

namespace sceau::faulty {

bool is_action(const Order& order);

/// Returns the function's value if it must not do its work any more.
std::optional<CK_RV> act(const Order& order);

} // namespace sceau::faulty
