// A PIN on its way from the prompt to the token: fixed capacity, locked in memory and kept out of core dumps, wiped
// when it goes, moved and never copied, read only through expose(). There is no way to print or compare one.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sceau::base {

class Secret {
  public:
    static constexpr std::size_t kCapacity = 1024; // bytes; pinentry sends a PIN in a line of at most 1002

    /// An empty secret. `internal` where memory cannot be had at all; where it cannot be locked (RLIMIT_MEMLOCK) it
    /// still serves, unlocked.
    static Result<Secret> create();

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    std::span<const std::uint8_t> expose() const { return {page_, size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// False, and nothing appended, when the secret is full.
    [[nodiscard]] bool append(std::uint8_t byte);

    /// Where a read may write: the whole capacity. Follow it with `resize`.
    std::span<std::uint8_t> storage() { return {page_, kCapacity}; }
    void resize(std::size_t size);
    void wipe();

  private:
    explicit Secret(std::uint8_t* page) : page_(page) {}
    std::uint8_t* page_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace sceau::base
