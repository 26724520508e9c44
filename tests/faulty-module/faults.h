// Orders faults of the faulty module, which uses SoftHSM:
//
//     const Faults faults;
//     faults.order({"C_Sign hang"});
//     Worker::start(faults.module(softhsm), …)
//     faults.wait_for_news();
//
// orders.h describes the orders.
#pragma once

#include "base/unique_fd.h"
#include "tests/support/softhsm.h"

namespace sceau::test {

class Faults {
  public:
    Faults();

    /// Replaces all earlier orders and counts calls from zero again.
    void order(const std::vector<std::string>& orders) const;

    pkcs11::Module module(const SoftHsm& softhsm) const;

    /// Returns how often the function was called since the orders: "C_Login", "C_Login(context)".
    std::size_t calls_of(const std::string& function) const;

    /// Returns the next line that the module reports: "hangs", or a child's number. Throws std::runtime_error after 20
    /// seconds without one.
    std::string wait_for_news() const;

    /// The value for "value-of-file".
    void keep_value(const std::string& value) const { folder_.write("value", value); }

    /// Returns what "describe" wrote.
    std::string description() const { return folder_.read("description"); }

    /// Returns what "reach" wrote, one line for each file: "/the/file not-read not-written".
    std::string reached() const { return folder_.read("reached"); }

  private:
    TemporaryFolder folder_;
    base::UniqueFd news_;
};

/// A return value of PKCS#11 with its name in the header.
struct ReturnValue {
    std::string name; // "CKR_PIN_LOCKED"
    unsigned long value;
};

/// Returns all values in p11-kit's pkcs11.h except CKR_OK, and one of a vendor.
std::vector<ReturnValue> all_failures();

} // namespace sceau::test
