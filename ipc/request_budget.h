// Limits how many bytes of unanswered requests the server holds, over all its connections. Each connection has a small
// allowance that nobody else can use. Anything beyond comes out of a pool, of which one program gets at most half. Only
// for ipc's own .cpp files.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace sceau::ipc {

class RequestBudget {
  public:
    /// `total` is in bytes; a quarter of it is divided among this many connections as their allowances.
    RequestBudget(std::size_t total, std::size_t connections);

    std::size_t allowance() const { return allowance_; }
    std::size_t for_one_program() const { return pool_ / 2; } // in bytes, besides allowances

    /// A connection of this program changes from holding `before` bytes to holding `now`. Returns false and changes
    /// nothing if the budget has no room; holding less is always possible. Memory is returned to the system once the
    /// pool is unused.
    bool change(const std::string& program, std::size_t before, std::size_t now);

  private:
    std::size_t beyond_allowance(std::size_t bytes) const { return bytes > allowance_ ? bytes - allowance_ : 0; }

    std::size_t allowance_;
    std::size_t pool_;
    std::size_t used_ = 0; // of the pool
    std::size_t peak_ = 0; // since memory was last returned
    std::map<std::string, std::size_t> programs_;
};

} // namespace sceau::ipc
