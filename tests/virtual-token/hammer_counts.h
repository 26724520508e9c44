// What the program card-hammer has done so far, in a file that it shares with the test.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace sceau::test {

struct HammerCounts {
    static constexpr std::size_t kKeys = 3;
    struct Key {
        std::atomic<std::uint64_t> tries;       // refused by pcscd or the card, or successful
        std::atomic<std::uint64_t> reached;     // of these, the tries that the card itself answered
        std::atomic<std::uint64_t> got_through; // tries that made a signature or decrypted
    };
    std::atomic<bool> rests;     // the hammer must leave the card alone for now
    std::array<Key, kKeys> keys; // in the order of the command line
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

} // namespace sceau::test
