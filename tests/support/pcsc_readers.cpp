#include "tests/support/pcsc_readers.h"

#include <fmt/format.h>
#include <winscard.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace sceau::test {

namespace {

constexpr std::chrono::seconds kPatience{60};

class Context {
  public:
    Context() : result_(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_)) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context()
    {
        if (established())
            SCardReleaseContext(context_);
    }

    bool established() const { return result_ == SCARD_S_SUCCESS; }
    SCARDCONTEXT value() const { return context_; }

  private:
    SCARDCONTEXT context_ = 0;
    LONG result_;
};

/// A card that is unpowered or unresponsive does not count as present.
bool is_present(DWORD state)
{
    return (state & SCARD_STATE_PRESENT) != 0 && (state & SCARD_STATE_MUTE) == 0;
}

bool is_absent(DWORD state)
{
    return (state & SCARD_STATE_EMPTY) != 0;
}

} // namespace

bool pcsc_serves()
{
    return Context().established();
}

std::vector<std::string> pcsc_readers()
{
    const Context context;
    char* names = nullptr;
    DWORD size = SCARD_AUTOALLOCATE;
    if (SCardListReaders(context.value(), nullptr, reinterpret_cast<char*>(&names), &size) != SCARD_S_SUCCESS)
        return {};
    std::vector<std::string> readers;
    for (const char* name = names; *name != '\0'; name += readers.back().size() + 1)
        readers.emplace_back(name);
    SCardFreeMemory(context.value(), names);
    return readers;
}

// Asks again each second, so that a lost wake-up costs at most one second.
void pcsc_await(const std::string& reader, bool present)
{
    const Context context;
    SCARD_READERSTATE reading{};
    reading.szReader = reader.c_str();
    const auto is_wanted = present ? is_present : is_absent;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    LONG result = SCARD_S_SUCCESS;
    while (!is_wanted(reading.dwEventState) && std::chrono::steady_clock::now() < end) {
        const bool is_known = result == SCARD_S_SUCCESS;
        reading.dwCurrentState = is_known ? reading.dwEventState : SCARD_STATE_UNAWARE;
        result = SCardGetStatusChange(context.value(), 1000, &reading, 1);
        if (result != SCARD_S_SUCCESS && result != SCARD_E_TIMEOUT)
            break;
    }
    if (!is_wanted(reading.dwEventState))
        throw std::runtime_error(fmt::format("the card in {} is not {}: {}, state {:x}", reader,
                                             present ? "present" : "absent", pcsc_stringify_error(result),
                                             reading.dwEventState));
}

void wait_until(const std::string& what, const std::function<bool()>& holds)
{
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("waited in vain until " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace sceau::test
