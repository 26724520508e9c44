// Orders faults of the faulty module, over a SoftHSM:
//
//     const Faults faults;
//     faults.order({"C_Sign hang"});
//     Worker::start(faults.module(softhsm), …)
//     faults.wait_for_news();
//
// orders.h has the words.
#pragma once

#include "base/unique_fd.h"
#include "tests/support/softhsm.h"

namespace sceau::test {

class Faults {
  public:
    Faults();

    /// In place of all orders before. The calls are counted anew.
    void order(const std::vector<std::string>& orders) const;

    pkcs11::Module module(const SoftHsm& softhsm) const;

    /// How often this was called since the orders: "C_Login", "C_Login(context)".
    std::size_t calls_of(const std::string& function) const;

    /// The next line that the module tells: "hangs", a child's number. std::runtime_error after 20 seconds without one.
    std::string wait_for_news() const;

    /// For "value-of-file".
    void keep_value(const std::string& value) const { folder_.write("value", value); }

    /// What "describe" wrote.
    std::string description() const { return folder_.read("description"); }

    /// What "reach" wrote, a line each: "/the/file not-read not-written".
    std::string reached() const { return folder_.read("reached"); }

  private:
    TemporaryFolder folder_;
    base::UniqueFd news_;
};

/// A return value of PKCS#11's, as its header has it.
struct ReturnValue {
    std::string name; // "CKR_PIN_LOCKED"
    unsigned long value;
};

/// All of p11-kit's pkcs11.h but CKR_OK, and one of a vendor's.
std::vector<ReturnValue> all_failures();

} // namespace sceau::test
