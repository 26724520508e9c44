// A PIN on its way from the prompt to the token. Its capacity is fixed; its memory is locked, kept out of core dumps,
// and wiped at the end. It can be moved but not copied, and read only through expose(). There is no way to print or
// compare one.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sceau::base {

class Secret {
  public:
    static constexpr std::size_t kCapacity = 1024; // bytes; pinentry sends a PIN in a line of at most 1002

    /// Makes an empty secret. Fails with `internal` if no memory is available. If memory cannot be locked
    /// (RLIMIT_MEMLOCK), the secret still works, unlocked.
    static Result<Secret> create();

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    std::span<const std::uint8_t> expose() const { return {page_, size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// Returns false and appends nothing if the secret is full.
    [[nodiscard]] bool append(std::uint8_t byte);

    /// Returns the whole capacity, for a read to write to. Call `resize` afterwards.
    std::span<std::uint8_t> storage() { return {page_, kCapacity}; }
    void resize(std::size_t size);
    void wipe();

  private:
    explicit Secret(std::uint8_t* page) : page_(page) {}
    std::uint8_t* page_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace sceau::base
