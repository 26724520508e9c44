// How many bytes of requests the server holds that have no answer yet: one budget for all its connections. Each has a
// small allowance that nobody can take from it; what goes beyond comes out of a pool, of which one program gets half
// at most. Only for ipc's own .cpp files.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace sceau::ipc {

class RequestBudget {
  public:
    /// A quarter of `total`, in bytes, is divided among so many connections for their allowances.
    RequestBudget(std::size_t total, std::size_t connections);

    std::size_t allowance() const { return allowance_; }
    std::size_t for_one_program() const { return pool_ / 2; } // besides allowances

    /// A connection of this program holds `now` bytes where it held `before`. False, and nothing changes, where that is
    /// more than there is; it may always hold less. Memory goes back to the system once the pool is unused.
    bool change(const std::string& program, std::size_t before, std::size_t now);

  private:
    std::size_t beyond_allowance(std::size_t bytes) const { return bytes > allowance_ ? bytes - allowance_ : 0; }

    std::size_t allowance_;
    std::size_t pool_;
    std::size_t used_ = 0; // of the pool
    std::size_t peak_ = 0; // since memory was given back
    std::map<std::string, std::size_t> programs_;
};

} // namespace sceau::ipc
