#include "tests/e2e/card_hammer.h"

#include "tests/support/pcsc_readers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace sceau::test {

namespace {

HammerCounts* share_counts(const std::filesystem::path& path)
{
    const base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (::ftruncate(file.value(), sizeof(HammerCounts)) != 0)
        throw std::runtime_error("no file for the hammer's counts");
    void* place = ::mmap(nullptr, sizeof(HammerCounts), PROT_READ | PROT_WRITE, MAP_SHARED, file.value(), 0);
    if (place == MAP_FAILED)
        throw std::runtime_error("no memory for the hammer's counts");
    return static_cast<HammerCounts*>(place);
}

} // namespace

CardHammer::CardHammer(const CardDesk& desk) : counts_(share_counts(desk.folder.path() / "hammer"))
{
    Arguments arguments = {std::string(SCEAU_BINARY_DIR) + "/tests/card-hammer", desk.folder.path() / "hammer",
                           desk.pcscd.reader(desk.card)};
    for (const auto& [slot, key] : desk.card.profile().keys) {
        slots_.push_back(fmt::format("{:02X}", static_cast<unsigned>(slot)));
        arguments.push_back(fmt::format("{}:{:02x}", slots_.back(), algorithm_of(desk.card, slot)));
    }
    Environment environment = desk.pcscd.environment();
    environment["PCSCLITE_NO_BLOCKING"] = "1";
    program_ = std::make_unique<Program>(arguments, environment);
    wait_for_tries(1);
}

CardHammer::~CardHammer()
{
    program_.reset();
    ::munmap(counts_, sizeof(HammerCounts));
}

void CardHammer::wait_for_tries(std::uint64_t tries) const
{
    std::array<std::uint64_t, HammerCounts::kKeys> wanted{};
    std::ranges::transform(counts_->keys, wanted.begin(), [&](const auto& key) { return key.tries + tries; });
    wait_until("the hammer has tried each key", [&] {
        return std::ranges::equal(counts_->keys, wanted,
                                  [](const auto& key, std::uint64_t enough) { return key.tries >= enough; });
    });
}

std::uint64_t CardHammer::got_through() const
{
    std::uint64_t sum = 0;
    for (const auto& key : counts_->keys)
        sum += key.got_through;
    return sum;
}

std::string CardHammer::describe() const
{
    std::vector<std::string> keys;
    for (std::size_t key = 0; key < HammerCounts::kKeys; ++key)
        keys.push_back(fmt::format("{} {}", slots_[key], counts_->keys.at(key).got_through.load()));
    return fmt::format("{}", fmt::join(keys, ", "));
}

} // namespace sceau::test
